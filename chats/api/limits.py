"""Rate limits, exact under concurrency: the library `limits` counts in Redis. Without Redis nobody is turned away."""

import math
import time
from functools import cache

from django.conf import settings
from limits import parse
from limits.storage import storage_from_string
from limits.strategies import MovingWindowRateLimiter
from rest_framework.exceptions import Throttled

from chats.redis import RedisError


def check_limit(name: str, key: str, rate: str) -> None:
    """Counts one use of `name` by `key` against a rate such as "30/minute". Raises Throttled with the wait."""
    limit = parse(rate)
    try:
        if _limiter().hit(limit, name, key):
            return
        reset = _limiter().get_window_stats(limit, name, key).reset_time
    except RedisError:
        return
    raise Throttled(wait=max(1, math.ceil(reset - time.time())))


def client_address(request) -> str:
    """The address of whoever asks: X-Forwarded-For counts only as far as our own proxies have written it."""
    meta = request.META
    return choose_address(forwarded=meta.get("HTTP_X_FORWARDED_FOR", ""), peer=meta.get("REMOTE_ADDR", ""))


def choose_address(*, forwarded: str, peer: str) -> str:
    """The address that the outermost of our own proxies has seen; without proxies of ours, the peer's."""
    hops = [part.strip() for part in forwarded.split(",") if part.strip()]
    if settings.TRUSTED_PROXIES and len(hops) >= settings.TRUSTED_PROXIES:
        return hops[-settings.TRUSTED_PROXIES]
    return peer


@cache
def _limiter() -> MovingWindowRateLimiter:
    storage = storage_from_string(
        settings.REDIS_URL, socket_connect_timeout=1, socket_timeout=2, key_prefix="limits"
    )
    return MovingWindowRateLimiter(storage)
