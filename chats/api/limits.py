"""Rate limits, exact under concurrency: the library `limits` counts in Redis. Without Redis nobody is turned away."""

import ipaddress
import math
import time
from functools import cache

from django.conf import settings
from limits import parse_many
from limits.storage import storage_from_string
from limits.strategies import MovingWindowRateLimiter
from rest_framework.exceptions import Throttled

from chats.redis import RedisError

_COUNTED = "switchboard.counted"  # what has been said of a request whose short way led on to the view


def check_limit(name: str, key: str, rate: str) -> None:
    """Counts one use of `name` by `key` against a rate such as "30/minute" or "30/minute;300/hour".

    Raises Throttled with the wait.
    """
    try:
        for limit in parse_many(rate):
            if not _limiter().hit(limit, name, key):
                reset = _limiter().get_window_stats(limit, name, key).reset_time
                raise Throttled(wait=max(1, math.ceil(reset - time.time())))
    except RedisError:
        return


def count_message(meta: dict, token_hash: str, address: str) -> None:
    """Counts one message of a token from an address, once for a request whose environment is `meta`.

    Raises Throttled.
    """
    if _COUNTED not in meta:
        meta[_COUNTED] = None
        try:
            check_limit("message:token", token_hash, settings.LIMIT_MESSAGES_TOKEN)
            check_limit("message:address", counted(address), settings.LIMIT_MESSAGES_ADDRESS)
        except Throttled as error:
            meta[_COUNTED] = error
    if meta[_COUNTED] is not None:
        raise meta[_COUNTED]


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


def counted(address: str) -> str:
    """Whom an address is counted as: one IPv6 customer has at least 2**64 addresses, which are all one to us."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return address[:100]  # a unix socket's, or what a proxy of ours believed
    if found.version == 4:
        return str(found)
    return str(found.ipv4_mapped or ipaddress.ip_network((found, 64), strict=False))


@cache
def _limiter() -> MovingWindowRateLimiter:
    storage = storage_from_string(
        settings.REDIS_URL, socket_connect_timeout=1, socket_timeout=2, key_prefix="limits"
    )
    return MovingWindowRateLimiter(storage)
