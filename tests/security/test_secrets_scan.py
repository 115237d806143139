import pytest

from config.lint.secrets import find_secrets

PLANTED = {
    "telegram": "TOKEN = '123456789:" + "AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw1" + "'",
    "openai": "key: sk-proj-" + "a1B2c3D4" * 6,
    "openrouter": "OPENAI_API_KEY=sk-or-v1-" + "0123456789abcdef" * 4,
    "yandex": "YANDEX_API_KEY=AQVN" + "a1B2c3D4e5" * 3 + "abcdef",
    "github": "ghp_" + "a1B2c3D4" * 4 + "abcd",
    "private-key": "-----BEGIN " + "RSA PRIVATE KEY-----",
    "database": "postgresql://switchboard:" + "tr0ub4dor@db.example.com/switchboard",
}


@pytest.mark.parametrize("name", sorted(PLANTED))
def test_planted_key_is_found_with_its_line(tmp_path, name):
    file = tmp_path / "settings.py"
    file.write_text(f"# one\n# two\n{PLANTED[name]}\n")
    assert {find.line for find in find_secrets(file)} == {3}


@pytest.mark.parametrize(
    "line",
    [
        "DATABASE_URL=postgresql://switchboard:password@127.0.0.1/switchboard",
        'f"postgresql://{USER}:{self.password}@127.0.0.1"',
        "TELEGRAM_SUPPORT_BOT_TOKEN=",
        "fixed in 0123456789abcdef0123456789abcdef01234567",
    ],
)
def test_example_is_no_alarm(tmp_path, line):
    file = tmp_path / "README.md"
    file.write_text(line)
    assert find_secrets(file) == []
