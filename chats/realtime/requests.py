"""Who asks for a stream and from where on; errors and CORS look as they do in the API."""

import json
from urllib.parse import parse_qs

from django.conf import settings

from chats.api.limits import choose_address, counted
from chats.api.tokens import TOKEN, hash_token

Headers = list[tuple[bytes, bytes]]


class Refused(Exception):
    """The request is answered with an error."""

    def __init__(
        self, status: int, code: str, detail: str, *, attr: str | None = None, headers: Headers = ()
    ):
        super().__init__(detail)
        self.status, self.code, self.detail, self.attr = status, code, detail, attr
        self.headers = list(headers)

    @property
    def body(self) -> bytes:
        """The JSON of every error of /api/v1/."""
        kind = "validation_error" if self.attr else "server_error" if self.status >= 500 else "client_error"
        error = {"code": self.code, "detail": self.detail, "attr": self.attr}
        return json.dumps({"type": kind, "errors": [error]}).encode()


def read_headers(scope: dict) -> dict[bytes, bytes]:
    """The headers by their lower-case names; the last one of a name counts."""
    return dict(scope["headers"])


def read_token_hash(headers: dict[bytes, bytes]) -> str:
    """The SHA-256 of the visitor's token. Raises Refused."""
    challenge = [(b"www-authenticate", b"Chat-Token")]
    token = headers.get(b"chat-token")
    if token is None:
        raise Refused(401, "not_authenticated", "The header Chat-Token is missing.", headers=challenge)
    if not TOKEN.fullmatch(token.decode("latin-1")):
        detail = "Chat-Token must be 16 to 100 characters of A-Z, a-z, 0-9, _ and -."
        raise Refused(401, "authentication_failed", detail, headers=challenge)
    return hash_token(token.decode())


def read_after(scope: dict, headers: dict[bytes, bytes]) -> int:
    """The last seq that the client has: Last-Event-ID, or else `after`. Raises Refused."""
    value, attr = headers.get(b"last-event-id", b"").decode("latin-1").strip(), "Last-Event-ID"
    if not value:
        query = parse_qs(scope["query_string"].decode("latin-1"), keep_blank_values=True)
        value, attr = query.get("after", ["0"])[-1], "after"
    if not value.isascii() or not value.isdigit() or len(value) > 9:
        raise Refused(400, "invalid", "A whole number from 0 is needed.", attr=attr)
    return int(value)


def read_address(scope: dict, headers: dict[bytes, bytes]) -> str:
    """Whom the streams are counted for: the address of whoever asks, as far as our own proxies tell it."""
    forwarded = b",".join(value for name, value in scope["headers"] if name == b"x-forwarded-for")
    peer = scope.get("client") or ("", 0)
    return counted(choose_address(forwarded=forwarded.decode("latin-1"), peer=peer[0]))


def cors_headers(headers: dict[bytes, bytes]) -> Headers:
    """What lets a page of WIDGET_ORIGINS read the answer."""
    exposed = (b"access-control-expose-headers", b"retry-after")
    if settings.WIDGET_ORIGINS == ["*"]:
        return [(b"access-control-allow-origin", b"*"), exposed]
    origin = headers.get(b"origin", b"")
    vary = (b"vary", b"origin")
    if origin.decode("latin-1") in settings.WIDGET_ORIGINS:
        return [(b"access-control-allow-origin", origin), exposed, vary]
    return [vary]


def preflight_headers(headers: dict[bytes, bytes]) -> Headers:
    """The answer to a browser that asks whether it may send the token."""
    return [
        *cors_headers(headers),
        (b"access-control-allow-methods", b"GET, OPTIONS"),
        (b"access-control-allow-headers", ", ".join(settings.CORS_ALLOW_HEADERS).encode()),
        (b"access-control-max-age", str(settings.CORS_PREFLIGHT_MAX_AGE).encode()),
        (b"content-length", b"0"),
    ]
