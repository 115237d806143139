"""Answers the two most frequent requests before Django is asked: a poll that finds nothing new, and a question of a
visitor who talks with the bot.

Django's middleware and DRF take longer than the look into Redis or the one statement that these need. Whatever is not
plainly one of the two goes on to the view, which says the same and everything else.
"""

import io
import json
import re
import uuid
from collections.abc import Callable, Iterable

from django.conf import settings
from django.db import Error
from rest_framework.exceptions import Throttled

from chats.accepting import accept_everyday_message
from chats.api.limits import choose_address, count_message
from chats.api.queries import read_nothing_new
from chats.api.tokens import TOKEN, hash_token
from chats.live import message_as_json
from chats.log_context import bound, request_id_from
from chats.printable import printable
from chats.realtime.requests import cors_headers
from config.policies import POLICIES
from llm.connections import give_back_connections

PATH = "/api/v1/chat/messages"
LONGEST_BODY = 32 * 1024  # bytes; what is longer is read by the view, in its own way
_AFTER = re.compile(r"after=([0-9]{1,9})")
_JSON = re.compile(r"application/json(; ?charset=utf-8)?", re.IGNORECASE)
_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
_HEADERS = [
    ("content-type", "application/json"),
    ("content-security-policy", next(policy for prefix, policy in POLICIES if PATH.startswith(prefix))),
    ("x-content-type-options", "nosniff"),
    ("x-frame-options", settings.X_FRAME_OPTIONS),
    ("referrer-policy", settings.SECURE_REFERRER_POLICY),
]
if settings.SECURE_HSTS_SECONDS:
    _HEADERS.append(("strict-transport-security", f"max-age={settings.SECURE_HSTS_SECONDS}"))


def with_short_ways(application: Callable) -> Callable:
    """The WSGI application, with the short ways in front of it."""

    def answer(environ: dict, start_response: Callable) -> Iterable[bytes]:
        request_id = request_id_from(environ.get("HTTP_X_REQUEST_ID"))
        with bound(request_id=request_id):
            found = _short_answer(environ)
        if found is None:
            return application(environ, start_response)
        status, shown = found
        body = json.dumps(shown, ensure_ascii=False, separators=(",", ":")).encode()
        headers = [*_HEADERS, ("content-length", str(len(body))), ("x-request-id", request_id)]
        if origin := environ.get("HTTP_ORIGIN"):
            allowed = cors_headers({b"origin": origin.encode("latin-1")})
            headers += [(name.decode(), value.decode("latin-1")) for name, value in allowed]
        start_response(status, headers)
        return [body]

    return answer


def _short_answer(environ: dict) -> tuple[str, dict] | None:
    """The status and the JSON of the answer; None where the view has to be asked."""
    token = environ.get("HTTP_CHAT_TOKEN", "")
    if environ.get("PATH_INFO", "").rstrip("/") != PATH or not TOKEN.fullmatch(token):
        return None
    if environ["REQUEST_METHOD"] == "GET":
        after = _AFTER.fullmatch(environ.get("QUERY_STRING", ""))
        shown = after and read_nothing_new(token_hash=hash_token(token), after=int(after[1]))
        return ("200 OK", shown) if shown else None
    if environ["REQUEST_METHOD"] == "POST" and not environ.get("QUERY_STRING"):
        shown = _accept(environ, token_hash=hash_token(token))
        return ("201 Created", shown) if shown else None
    return None


def _accept(environ: dict, *, token_hash: str) -> dict | None:
    body = _read_body(environ)
    if body is None:
        return None
    forwarded = environ.get("HTTP_X_FORWARDED_FOR", "")
    try:
        count_message(
            environ, token_hash, choose_address(forwarded=forwarded, peer=environ.get("REMOTE_ADDR", ""))
        )
        message = accept_everyday_message(token_hash=token_hash, **body)
    except (Throttled, Error):
        return None  # the view says it, or tries it again
    finally:
        give_back_connections()
    return message_as_json(message) if message else None


def _read_body(environ: dict) -> dict | None:
    """`text` and `client_id` of a body that leaves nothing to be said about it. The view can read it again."""
    length = environ.get("CONTENT_LENGTH") or ""
    if not _JSON.fullmatch(environ.get("CONTENT_TYPE", "")) or not length.isascii() or not length.isdigit():
        return None
    if int(length) > LONGEST_BODY:
        return None
    raw = environ["wsgi.input"].read(int(length))
    environ["wsgi.input"] = io.BytesIO(raw)
    try:
        body = json.loads(raw.decode())
    except (ValueError, RecursionError):
        return None
    if not isinstance(body, dict) or set(body) != {"text", "client_id"}:
        return None
    text, client_id = body["text"], body["client_id"]
    if not isinstance(text, str) or not isinstance(client_id, str) or not _UUID.fullmatch(client_id):
        return None
    return {"text": text, "client_id": uuid.UUID(client_id)} if printable(text) == text else None
