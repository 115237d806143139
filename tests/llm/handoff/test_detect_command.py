"""`manage.py detect`: JSON lines in, JSON lines out, and a clear word about a bad line."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]


def detect(task, stdin, **options):
    command = [sys.executable, "manage.py", "detect", "--task", task]
    return subprocess.run(
        command, input=stdin.encode(), capture_output=True, cwd=ROOT, timeout=60, check=False, **options
    )


def test_each_line_gets_its_prediction():
    rows = [
        {"id": "a", "text": "позовите оператора", "lang": "ru"},
        {"id": "b", "text": "where is my order?", "lang": "en"},
        {"id": 3, "text": "I want to talk to a human"},
    ]
    result = detect("handoff", "\n".join(json.dumps(row) for row in rows) + "\n\n")
    answers = [json.loads(line) for line in result.stdout.splitlines()]
    assert answers == [{"id": "a", "pred": 1}, {"id": "b", "pred": 0}, {"id": 3, "pred": 1}]


def test_it_runs_with_no_database_and_no_settings():
    result = detect("handoff", '{"id": 1, "text": "позовите оператора"}\n', env={"PATH": os.environ["PATH"]})
    assert result.stdout == b'{"id": 1, "pred": 1}\n', result.stderr


def test_drafts_are_judged_by_the_other_task():
    result = detect("cannot", '{"id": 1, "text": "Я бот и не могу помочь.", "lang": "ru"}\n')
    assert json.loads(result.stdout) == {"id": 1, "pred": 1}


@pytest.mark.parametrize("line", ["nonsense", "[]", '{"text": "a"}', '{"id": 1}', '{"id": 1, "text": 2}'])
def test_a_bad_line_is_named_and_the_exit_is_1(line):
    result = detect("handoff", '{"id": 0, "text": "привет"}\n' + line + "\n")
    assert result.returncode == 1
    assert b"line 2" in result.stderr
