"""The process's Redis client. What is kept there is short-term memory that PostgreSQL can rebuild."""

from functools import cache

import redis
from django.conf import settings

#: What a caller catches to go on without Redis.
RedisError = redis.RedisError


@cache
def get_redis() -> redis.Redis:
    """A thread-safe client with short timeouts: a visitor never waits for a Redis that is away."""
    return redis.Redis.from_url(
        settings.REDIS_URL,
        decode_responses=True,
        socket_connect_timeout=1,
        socket_timeout=2,
        health_check_interval=15,
        max_connections=500,
    )
