"""`manage.py detect`: the handoff detectors over JSON lines, for measuring the product itself."""

import json
import sys
from collections.abc import Callable
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from llm.handoff import Detection, Verdict, detect_cannot, detect_request

DETECTORS: dict[str, Callable[[str, str | None], Detection]] = {
    "handoff": detect_request,
    "cannot": detect_cannot,
}


class Command(BaseCommand):
    """Reads {"id", "text", "lang"} a line on stdin, writes {"id", "pred"} a line on stdout."""

    help = __doc__
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        """Which of the two questions is asked of each line."""
        parser.add_argument("--task", choices=sorted(DETECTORS), required=True)

    def handle(self, *, task: str, **options: Any) -> None:
        """Answer every line; a bad line raises CommandError naming it (exit 1)."""
        detect = DETECTORS[task]
        stream = sys.stdin.buffer
        for number, line in enumerate(stream, start=1):
            if not line.strip():
                continue
            row = _parse(line, number)
            detection = detect(row["text"], row.get("lang"))
            answer = {"id": row["id"], "pred": int(detection.verdict is Verdict.HAND_OVER)}
            self.stdout.write(json.dumps(answer, ensure_ascii=False))


def _parse(line: bytes, number: int) -> dict[str, Any]:
    try:
        row = json.loads(line.decode("utf-8-sig"))
    except ValueError as error:
        raise CommandError(f"line {number}: not JSON in UTF-8: {error}") from error
    if not isinstance(row, dict):
        raise CommandError(f"line {number}: expected an object, got {type(row).__name__}")
    if "id" not in row:
        raise CommandError(f'line {number}: "id" is missing')
    if not isinstance(row.get("text"), str):
        raise CommandError(f'line {number}: "text" is missing or not a string')
    if not isinstance(row.get("lang"), str | None):
        raise CommandError(f'line {number}: "lang" is not a string')
    return row
