"""The READMEs tell the figures of the committed run, and no others."""

import json

import pytest

from bench.readme import MARKED, READMES, RESULT, ROWS, table_of


@pytest.fixture(scope="module")
def rows() -> list[dict]:
    return json.loads(RESULT.read_text())["rows"]


@pytest.mark.parametrize("language", ["en", "ru"])
def test_a_readme_has_the_committed_figures(rows, language):
    assert MARKED.findall(READMES[language].read_text()) == [table_of(rows, language)]


def test_every_row_of_the_bench_is_there(rows):
    assert [words.starts for words in ROWS if any(row["what"].startswith(words.starts) for row in rows)] == [
        words.starts for words in ROWS
    ]
    assert len(rows) == len(ROWS)


def test_a_missed_goal_says_so(rows):
    missed = [dict(row, met=False) for row in rows]
    assert table_of(missed, "en").count("**missed**") == len(rows)
    assert table_of(missed, "ru").count("**не выполнено**") == len(rows)
