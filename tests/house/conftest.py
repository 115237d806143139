import time
from collections.abc import Callable
from pathlib import Path

import pytest


@pytest.fixture
def data_dir(tmp_path: Path) -> Path:
    """A folder as a checkout might have it: with a space in its path."""
    return tmp_path / "my desk" / ".local"


@pytest.fixture
def eventually() -> Callable[[Callable[[], object]], None]:
    """Waits until something is so; fails after ten seconds."""

    def wait(condition: Callable[[], object], seconds: float = 10) -> None:
        deadline = time.monotonic() + seconds
        while not condition():
            assert time.monotonic() < deadline, "it did not happen"
            time.sleep(0.02)

    return wait
