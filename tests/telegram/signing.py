"""initData signed as https://core.telegram.org/bots/webapps describes it, written apart from the code under test."""

import hashlib
import hmac
import json
import time
from urllib.parse import urlencode

TOKEN = "1000003:sandbox-characters"
USER = {"id": 7000000001, "first_name": "Мария", "language_code": "ru"}


def sign(token=TOKEN, **fields):
    """The signed fields; one that is None is left out."""
    fields = {
        "auth_date": str(int(time.time())),
        "user": json.dumps(USER, ensure_ascii=False),
        "query_id": "AAH",
    } | fields
    fields = {key: value for key, value in fields.items() if value is not None}
    check = "\n".join(f"{key}={fields[key]}" for key in sorted(fields))
    secret = hmac.new(b"WebAppData", token.encode(), hashlib.sha256).digest()
    return fields | {"hash": hmac.new(secret, check.encode(), hashlib.sha256).hexdigest()}


def init_data(**fields):
    """The raw string that a Mini App is given."""
    return urlencode(sign(**fields))
