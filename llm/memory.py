"""The Redis of this process: counters and switches, each of which can be lost without harm."""

from functools import cache

import redis
from django.conf import settings
from redis.backoff import NoBackoff
from redis.retry import Retry

PATIENCE_SECONDS = 1.0

RedisError = redis.RedisError


def get_redis() -> redis.Redis:
    """Return the client of the process, safe to share between threads. Its calls raise RedisError, soon."""
    return _client(settings.REDIS_URL)


@cache
def _client(url: str) -> redis.Redis:
    return redis.Redis.from_url(
        url,
        decode_responses=True,
        socket_timeout=PATIENCE_SECONDS,
        socket_connect_timeout=PATIENCE_SECONDS,
        retry=Retry(NoBackoff(), 1),
    )
