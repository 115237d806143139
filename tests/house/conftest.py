from pathlib import Path

import pytest


@pytest.fixture
def data_dir(tmp_path: Path) -> Path:
    """A folder as a checkout might have it: with a space in its path."""
    return tmp_path / "my desk" / ".local"
