"""Looks for secrets in what is (or is about to be) committed: `python -m config.lint.secrets`; `make lint` calls it.

detect-secrets by the forms of known keys and tokens. Its guesses by randomness and by names are left out: hashes and
the throw-away passwords of tests would drown the real ones, and ruff's S105 to S107 watch the code for passwords.
"""

import re
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

from detect_secrets.plugins.artifactory import ArtifactoryDetector
from detect_secrets.plugins.aws import AWSKeyDetector
from detect_secrets.plugins.azure_storage_key import AzureStorageKeyDetector
from detect_secrets.plugins.basic_auth import BasicAuthDetector
from detect_secrets.plugins.discord import DiscordBotTokenDetector
from detect_secrets.plugins.github_token import GitHubTokenDetector
from detect_secrets.plugins.gitlab_token import GitLabTokenDetector
from detect_secrets.plugins.jwt import JwtTokenDetector
from detect_secrets.plugins.npm import NpmDetector
from detect_secrets.plugins.openai import OpenAIDetector
from detect_secrets.plugins.private_key import PrivateKeyDetector
from detect_secrets.plugins.pypi_token import PypiTokenDetector
from detect_secrets.plugins.sendgrid import SendGridDetector
from detect_secrets.plugins.slack import SlackDetector
from detect_secrets.plugins.stripe import StripeDetector
from detect_secrets.plugins.telegram_token import TelegramBotTokenDetector
from detect_secrets.plugins.twilio import TwilioKeyDetector

from config.lint.keys import ModelKeyDetector

ROOT = Path(__file__).resolve().parent.parent.parent
DETECTORS = [
    detector()
    for detector in (
        ArtifactoryDetector,
        AWSKeyDetector,
        AzureStorageKeyDetector,
        BasicAuthDetector,
        DiscordBotTokenDetector,
        GitHubTokenDetector,
        GitLabTokenDetector,
        JwtTokenDetector,
        ModelKeyDetector,
        NpmDetector,
        OpenAIDetector,
        PrivateKeyDetector,
        PypiTokenDetector,
        SendGridDetector,
        SlackDetector,
        StripeDetector,
        TelegramBotTokenDetector,
        TwilioKeyDetector,
    )
]
#: What stands in the addresses of examples and of code in the place of a password.
HARMLESS = re.compile(r"password|wrong|secret|x|\.\.\.|\{.+\}")
#: Words, weights and hashes by the ten thousand: slow to read, and made of nothing secret.
SKIPPED = ("llm/handoff/weights/", "llm/handoff/data/", "requirements", "locale/")


def main() -> int:
    """Prints each find as file:line: what; returns the exit status."""
    names = [name for name in _list_files() if not name.startswith(SKIPPED)]
    found = [find for name in names for find in find_secrets(ROOT / name)]
    for find in found:
        sys.stdout.write(f"{find.file.relative_to(ROOT)}:{find.line}: {find.what}\n")
    return 1 if found else 0


def _list_files() -> list[str]:
    """What git knows and what it would take; where it cannot be asked, all but the hidden folders."""
    ask = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    try:
        listed = subprocess.run(ask, cwd=ROOT, capture_output=True, check=True)  # noqa: S603 - the words are ours
        return [name for name in listed.stdout.decode().split("\0") if name]
    except (OSError, subprocess.CalledProcessError):
        names = (str(file.relative_to(ROOT)) for file in ROOT.rglob("*"))
        return [name for name in names if not name.startswith(".") or name.startswith(".env.")]


class Find(NamedTuple):
    """Where something looks like a secret."""

    file: Path
    line: int
    what: str


def find_secrets(file: Path) -> list[Find]:
    """What looks like a key or a token in this file."""
    if not file.is_file():
        return []
    text = file.read_text(errors="replace")
    return [
        Find(file, text[: text.find(value)].count("\n") + 1, detector.secret_type)
        for detector in DETECTORS
        for value in set(detector.analyze_string(text))
        if not HARMLESS.fullmatch(value)
    ]


if __name__ == "__main__":
    sys.exit(main())
