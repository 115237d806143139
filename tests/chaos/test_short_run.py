"""The short version of `make chaos`: the real processes, a few visitors, every kind of fault once.

It runs in a process of its own, because it brings its own database, Redis and settings.
"""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.timeout(240)
ROOT = Path(__file__).resolve().parent.parent.parent
PASSED_ON = ("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR")
FAULTS = [
    "kill -9 worker",
    "kill -9 web",
    "kill -9 Redis, data gone",
    "kill -9 PostgreSQL",
    "LLM cuts streams",
    "Bot API closes after accepting",
    "Bot API away",
    "updates delivered three times",
]


def test_nothing_is_lost_and_nobody_speaks_in_anothers_voice(tmp_path):
    results = tmp_path / "chaos"
    run = subprocess.run(
        [
            *(sys.executable, "-m", "bench.chaos", "--visitors", "8", "--operators", "2", "--messages", "0"),
            *("--rounds", "1", "--most-minutes", "1", "--pause", "3", "--away", "3", "--outage", "1.5"),
            *("--quiet", "60", "--faults", ";".join(FAULTS), "--results", str(results)),
        ],
        cwd=ROOT,
        env={name: os.environ[name] for name in PASSED_ON if name in os.environ},
        capture_output=True,
        text=True,
        timeout=230,
        check=False,
    )
    assert run.returncode == 0, run.stdout[-6000:] + run.stderr[-3000:]
    said = json.loads(results.with_suffix(".json").read_text())
    assert said["counts"]["by the visitor"] > 20
    assert {fault["fault"] for fault in said["faults"]} <= set(FAULTS)
