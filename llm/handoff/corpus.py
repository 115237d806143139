"""Our own training messages: templates in `data/*.txt`, drawn with a fixed seed.

Syntax of a template line: `{a|b|}` picks one, `{<name>}` or `<name>` picks from the list of an `@name = a|b` line,
`* n` sets how many messages are drawn of each template below it, `#` starts a comment.
"""

import json
import random
import re
from collections.abc import Iterator
from pathlib import Path

DATA = Path(__file__).parent / "data"
_CHOICE = re.compile(r"\{([^{}]*)\}")
_LIST = re.compile(r"<(\w+)>")


def draw(name: str, *, seed: int) -> list[str]:
    """Distinct messages of the template file `data/<name>.txt`, the same ones for the same seed."""
    rng = random.Random(f"{name}:{seed}")
    seen: dict[str, None] = {}
    for template, lists, count in _templates(name):
        for _ in range(count):
            seen.setdefault(_tidy(_fill(template, lists, rng)))
    seen.pop("", None)
    return list(seen)


def lines(name: str) -> list[str]:
    """The lines of a plain list `data/<name>.txt`."""
    return [
        line for line in (DATA / f"{name}.txt").read_text("utf-8").splitlines() if line and line[0] != "#"
    ]


def _templates(name: str) -> Iterator[tuple[str, dict[str, list[str]], int]]:
    lists: dict[str, list[str]] = {}
    count = 1
    for line in lines(name):
        if line.startswith("@"):
            key, _, values = line[1:].partition(" = ")
            lists[key] = values.split("|")
        elif line.startswith("* "):
            count = int(line[2:])
        else:
            yield line, lists, count


def _fill(template: str, lists: dict[str, list[str]], rng: random.Random) -> str:
    while True:
        filled = _CHOICE.sub(lambda found: rng.choice(found[1].split("|")), template, count=1)
        if filled == template:
            filled = _LIST.sub(lambda found: rng.choice(lists[found[1]]), template, count=1)
        if filled == template:
            return filled
        template = filled


def _tidy(text: str) -> str:
    text = re.sub(r"\s+([,.!?;])", r"\1", re.sub(r"[ \t]+", " ", text))
    text = re.sub(r",(\s*[,.!?])", r"\1", text)
    return text.strip(" ,") if text.strip(" ,.") else text.strip()


def licensed() -> list[dict[str, object]]:
    """Rows of public corpora whose licence lets us ship them; see NOTICE."""
    return [json.loads(line) for line in (DATA / "licensed.jsonl").read_text("utf-8").splitlines()]
