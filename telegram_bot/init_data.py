"""Verifies what a Mini App says about who opened it.

https://core.telegram.org/bots/webapps#validating-data-received-via-the-mini-app
"""

import hashlib
import hmac
import json
import time
from dataclasses import dataclass
from urllib.parse import parse_qsl

from telegram import User

MAX_AGE = 3600  # seconds
CLOCK_SKEW = 60  # seconds by which Telegram's clock may be ahead of ours
_LONGEST = 8192  # characters; the real ones stay below 2,000


class BadInitData(Exception):
    """It is not from Telegram, or too old; `code` is missing, malformed, forged or expired."""

    def __init__(self, code: str):
        super().__init__(f"initData is {code}")
        self.code = code


@dataclass(frozen=True, slots=True)
class InitData:
    """Who opened the Mini App, as Telegram has signed it."""

    user: User
    auth_date: int  # seconds since the epoch
    start_param: str
    hash: str


def verify_init_data(raw: str, *, token: str, now: float | None = None) -> InitData:
    """What is signed in the raw string of window.Telegram.WebApp.initData, for the bot of this token.

    Raises BadInitData.
    """
    if not raw or not token:
        raise BadInitData("missing")
    fields = _parse(raw)
    given = fields.pop("hash", "")
    if not hmac.compare_digest(given.encode(), _sign(fields, token).encode()):
        raise BadInitData("forged")
    auth_date = int(fields["auth_date"]) if fields.get("auth_date", "").isdecimal() else 0
    age = (time.time() if now is None else now) - auth_date
    if not -CLOCK_SKEW <= age <= MAX_AGE:
        raise BadInitData("expired")
    return InitData(
        user=_user(fields.get("user", "")),
        auth_date=auth_date,
        start_param=fields.get("start_param", ""),
        hash=given,
    )


def _parse(raw: str) -> dict[str, str]:
    """The fields; one that comes twice could be signed as one thing and read as another."""
    if len(raw) > _LONGEST:
        raise BadInitData("malformed")
    try:
        pairs = parse_qsl(
            raw, keep_blank_values=True, strict_parsing=True, errors="strict", max_num_fields=50
        )
    except ValueError:
        raise BadInitData("malformed") from None
    fields = dict(pairs)
    if len(fields) != len(pairs):
        raise BadInitData("malformed")
    return fields


def _sign(fields: dict[str, str], token: str) -> str:
    lines = "\n".join(f"{key}={value}" for key, value in sorted(fields.items()))
    secret = hmac.new(b"WebAppData", token.encode(), hashlib.sha256).digest()
    return hmac.new(secret, lines.encode(), hashlib.sha256).hexdigest()


def _user(raw: str) -> User:
    try:
        user = User.de_json({"is_bot": False} | json.loads(raw), None)  # a WebAppUser may leave it out
        if isinstance(user.id, int) and not isinstance(user.id, bool) and 0 < user.id < 2**52:
            return user
    except (ValueError, TypeError, AttributeError, RecursionError):
        pass
    raise BadInitData("malformed")
