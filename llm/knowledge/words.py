"""Word lists of a language: synonyms and fillers, read from `data/` once."""

from functools import cache
from pathlib import Path

DATA = Path(__file__).parent / "data"


@cache
def synonym_groups(language: str) -> tuple[tuple[str, ...], ...]:
    """Return groups of words that visitors and articles use for the same thing."""
    return tuple(
        tuple(word.strip() for word in line.split(",") if word.strip())
        for line in _lines(f"synonyms_{language}.txt")
    )


@cache
def fillers(language: str) -> str:
    """Return the words of politeness and of asking, which say nothing about the subject, as one text."""
    return " ".join(_lines(f"fillers_{language}.txt"))


def _lines(name: str) -> list[str]:
    path = DATA / name
    if not path.exists():
        return []
    lines = (line.split("#")[0].strip().replace("ё", "е") for line in path.read_text("utf-8").splitlines())
    return [line for line in lines if line]
