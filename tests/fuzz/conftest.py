"""`make fuzz` writes down what it has tried, in the file that FUZZ_RESULTS names; `make test` writes nothing."""

import os
import re
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.fuzz.budget import FACTOR

#: As hypothesis counts in each of its phases, which it says in words only.
COUNTED = re.compile(r"(\d+) passing, (\d+) failing, and (\d+) invalid test cases")
PARTS = {
    "test_api.py": "the API by its own schema (schemathesis, all checks), one test for each operation",
    "test_parsers.py": "parsers: initData, cards, knowledge files, URLs, addresses, stream requests, text pieces",
    "test_updates.py": "Telegram updates, as documented and spoilt, to each of the three bots",
    "test_conversation.py": "the conversation's state machine on PostgreSQL, up to 25 steps in each example",
}


@dataclass
class Part:
    tests: int = 0
    passing: int = 0
    failing: int = 0
    invalid: int = 0
    failed_tests: int = 0
    seconds: float = 0


_parts = {name: Part() for name in PARTS}
_began = time.monotonic()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    """Sends hypothesis' count along with the report: with xdist it is another process that writes it down."""
    report = yield
    if report.when == "call" and hasattr(item, "hypothesis_statistics"):
        report.user_properties.append(("tried", item.hypothesis_statistics))
    return report


def pytest_runtest_logreport(report) -> None:
    """Adds one test to its part."""
    part = _parts.get(Path(report.nodeid.partition("::")[0]).name)
    if part is None or report.when != "call":
        return
    part.tests += 1
    part.failed_tests += report.failed
    part.seconds += report.duration
    for passing, failing, invalid in COUNTED.findall(dict(report.user_properties).get("tried", "")):
        part.passing += int(passing)
        part.failing += int(failing)
        part.invalid += int(invalid)


def pytest_sessionfinish(session) -> None:
    """Writes the table."""
    target = os.environ.get("FUZZ_RESULTS")
    if target and not hasattr(session.config, "workerinput"):
        Path(target).write_text(_table())


def _table() -> str:
    took = (time.monotonic() - _began) / 60
    lines = [
        "# Fuzz",
        "",
        f"`make fuzz`, {datetime.now(UTC):%Y-%m-%d}: {FACTOR} times as many examples as in `make test`, new ones in "
        f"each run; {took:.0f} minutes.",
        "",
        "| what | tests | examples | thrown away as no valid input | failed tests | seconds |",
        "|---|---|---|---|---|---|",
    ]
    lines += [_row(PARTS[name], part) for name, part in _parts.items()]
    total = Part(*(sum(values) for values in zip(*(vars(p).values() for p in _parts.values()), strict=True)))
    return "\n".join([*lines, _row("all", total), ""])


def _row(name: str, part: Part) -> str:
    counts = (part.tests, part.passing + part.failing, part.invalid, part.failed_tests)
    return f"| {name} | {' | '.join(f'{count:,}' for count in counts)} | {part.seconds:.0f} |"
