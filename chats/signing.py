"""The signature under what we POST to others."""

import hashlib
import hmac
import time

from django.conf import settings


def webhook_secret() -> str:
    """The secret of the signatures: WEBHOOK_SIGNING_SECRET, or one made from DJANGO_SECRET_KEY."""
    if settings.WEBHOOK_SIGNING_SECRET:
        return settings.WEBHOOK_SIGNING_SECRET
    return hmac.new(settings.SECRET_KEY.encode(), b"webhook-signing-secret", hashlib.sha256).hexdigest()


def sign(body: bytes, *, timestamp: int | None = None) -> str:
    """The value of X-Switchboard-Signature: `t=<unix time>,v1=<HMAC-SHA256 in hex over "<unix time>.<body>">`."""
    timestamp = int(time.time()) if timestamp is None else timestamp
    digest = hmac.new(webhook_secret().encode(), f"{timestamp}.".encode() + body, hashlib.sha256).hexdigest()
    return f"t={timestamp},v1={digest}"
