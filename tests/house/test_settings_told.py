"""Every setting can be looked up: in .env.example, and in the tables of both READMEs."""

import ast
import re

import pytest

from config.run.local import ROOT

#: What the launcher and the containers read beside the settings.
LAUNCHERS = {
    "HOST",
    "WEB_WORKERS",
    "WORKER_THREADS",
    "DJANGO_SUPERUSER_USERNAME",
    "DJANGO_SUPERUSER_PASSWORD",
}


def settings() -> set[str]:
    """The names that config/settings.py asks the environment for."""
    calls = [
        node for node in ast.walk(ast.parse((ROOT / "config/settings.py").read_text())) if _is_of_env(node)
    ]
    return {call.args[0].value for call in calls}


def _is_of_env(node: ast.AST) -> bool:
    if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute) or not node.args:
        return False
    first = node.args[0]
    of_env = getattr(node.func.value, "id", "") == "env"
    return of_env and isinstance(first, ast.Constant) and str(first.value).isupper()


def in_example() -> set[str]:
    return set(re.findall(r"^#?([A-Z][A-Z_]+)=", (ROOT / ".env.example").read_text(), re.MULTILINE))


def in_table(readme: str) -> set[str]:
    """The names in the first column of the README's table of settings."""
    rows = re.findall(r"^\| (`[A-Z][^|]*)\|", (ROOT / readme).read_text(), re.MULTILINE)
    return {name for row in rows for name in re.findall(r"`([A-Z][A-Z_]+)`", row)}


def test_example_of_the_environment_has_every_setting_and_no_other():
    assert in_example() - LAUNCHERS == settings()


@pytest.mark.parametrize("readme", ["README.md", "README.ru.md"])
def test_table_of_settings_has_every_setting_and_no_other(readme):
    told_elsewhere = {name for name in settings() if name.startswith("LLM_")}
    assert in_table(readme) - LAUNCHERS - told_elsewhere == settings() - told_elsewhere


def test_the_model_has_its_own_page():
    text = (ROOT / "docs/llm.md").read_text()
    assert [name for name in sorted(settings()) if name.startswith("LLM_") and name not in text] == []
