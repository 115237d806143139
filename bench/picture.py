"""Draws bench/results/bench.json: `python -m bench.picture` writes docs/images/performance.svg.

A bar says how much of what its goal allows a figure uses up; what passes the line misses the goal.
"""

import json
from html import escape
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
RESULT = ROOT / "bench" / "results" / "bench.json"
PICTURE = ROOT / "docs" / "images" / "performance.svg"

WIDTH, LEFT, GOAL_AT, ROW, TOP = 960, 430, 660, 34, 56
MOST = 2.0  # a longer bar is cut, and says its number
MET, MISSED, INK, SOFT = "#2f7d5b", "#c2643a", "#1c2530", "#66707c"
# The rows by the words their names begin with, shortened to a line
LABELS = {
    "Accept a widget": "Accepting a message, against one INSERT",
    "Idle poll": "Idle poll, against a bare view",
    "First words": "First words on the screen, LLM taken off",
    "Reply complete": "Reply complete to visible",
    "Operator's Telegram": "Operator in Telegram to visitor",
    "Visitor's POST": "Visitor to operator in Telegram",
    "CPU of the worker": "CPU for an answer, against the bare SDK",
    "Conversations being": "1,000 answers at once in one process",
    "Two worker": "Two workers against one",
    "10,000 open streams": "Memory of 10,000 open streams",
    "Fan-out": "Fan-out to them",
    "Poll, post": "Large tables against small ones",
    "Start of the widget": "Size of the widget",
    "Main-thread": "Main-thread time of the widget",
}


def main() -> None:
    """Draws."""
    rows = [row for row in json.loads(RESULT.read_text())["rows"] if row["used"] is not None]
    height = TOP + ROW * len(rows) + 16
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" height="{height}" '
        f'font-family="system-ui, Segoe UI, Roboto, Arial, sans-serif" role="img">',
        "<title>How much of each goal is used up</title>",
        f'<rect width="{WIDTH}" height="{height}" fill="#ffffff"/>',
        _text(LEFT, 24, "share of what the goal allows; less is better", SOFT, size=13),
        _text(GOAL_AT, 44, "goal", INK, size=13, anchor="middle"),
    ]
    for number, row in enumerate(rows):
        lines += _row(row, TOP + ROW * number)
    lines.append(f'<path d="M{GOAL_AT} {TOP - 4}V{height - 14}" stroke="{INK}" stroke-dasharray="3 3"/>')
    PICTURE.parent.mkdir(parents=True, exist_ok=True)
    PICTURE.write_text("\n".join([*lines, "</svg>"]) + "\n")


def _row(row: dict, top: int) -> list[str]:
    length = max(3, min(row["used"], MOST) * (GOAL_AT - LEFT))
    colour = MET if row["met"] else MISSED
    name = next((label for start, label in LABELS.items() if row["what"].startswith(start)), row["what"])
    share = f"{row['used']:.0%}" if row["used"] < MOST else f"{row['used']:.1f} ×"
    return [
        _text(LEFT - 14, top + 18, name, INK, anchor="end"),
        f'<rect x="{LEFT}" y="{top + 4}" width="{length:.0f}" height="{ROW - 14}" rx="3" fill="{colour}"/>',
        _text(_beside(LEFT + length), top + 18, share, colour, size=13),
    ]


def _beside(end: float) -> float:
    """Where the number stands: never across the line."""
    return GOAL_AT + 8 if GOAL_AT - 40 < end < GOAL_AT else end + 8


def _text(x: float, y: float, text: str, colour: str, *, size: int = 14, anchor: str = "start") -> str:
    return f'<text x="{x:.0f}" y="{y}" font-size="{size}" fill="{colour}" text-anchor="{anchor}">{escape(text)}</text>'


if __name__ == "__main__":
    main()
