"""What is installed is what is written down, pinned, hashed, and explained."""

import re
from pathlib import Path

import pytest

from config.run.local import ROOT

PAIRS = ["requirements", "requirements-local", "requirements-dev"]


def wanted(name: str) -> set[str]:
    """The names that NAME.in asks for."""
    lines = (ROOT / f"{name}.in").read_text().splitlines()
    return {re.split(r"[\[<>=;! ]", line)[0].lower() for line in lines if line and line[0] not in "#-"}


def pinned(name: str) -> dict[str, str]:
    """What NAME.txt pins: each requirement with its hashes."""
    blocks = re.split(r"\n(?=[a-z])", (ROOT / f"{name}.txt").read_text())
    return {block.split("==")[0]: block for block in blocks if "==" in block}


@pytest.mark.parametrize("name", PAIRS)
def test_everything_asked_for_is_pinned(name):
    assert wanted(name) <= set(pinned(name)), "run `make lock`"


@pytest.mark.parametrize("name", PAIRS)
def test_everything_pinned_has_hashes_and_names_no_registry(name):
    text = (ROOT / f"{name}.txt").read_text()
    assert all("--hash=sha256:" in block for block in pinned(name).values())
    assert "://" not in text
    assert "--index-url" not in text


@pytest.mark.parametrize("name", PAIRS)
def test_every_dependency_is_explained(name):
    told = set(re.findall(r"^\| ([a-z0-9-]+)", (ROOT / "docs" / "dependencies.md").read_text(), re.MULTILINE))
    assert wanted(name) <= told, "say why in docs/dependencies.md"


def test_no_secret_stands_in_the_example_of_the_environment():
    for line in (ROOT / ".env.example").read_text().splitlines():
        name, _, value = line.lstrip("#").partition("=")
        if re.search(r"^(?!LIMIT_).*(KEY|TOKEN|SECRET|PASSWORD)$", name) and name.isupper():
            assert value == "", line


def test_the_image_takes_in_no_secret_and_no_test():
    ignored = (ROOT / ".dockerignore").read_text().splitlines()
    assert ignored[1] == "*", "nothing goes in but what is named"
    let_in = {Path(line[1:]).parts[0] for line in ignored if line.startswith("!")}
    assert not let_in & {".env", ".git", ".local", "tests", "bench"}
    assert "**/.env*" in ignored
