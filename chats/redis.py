"""The process's Redis client. What is kept there is short-term memory that PostgreSQL can rebuild."""

import hashlib
from functools import cache
from typing import Any

import redis
from django.conf import settings
from redis.backoff import NoBackoff
from redis.exceptions import NoScriptError
from redis.retry import Retry

#: What a caller catches to go on without Redis.
RedisError = redis.RedisError


@cache
def get_redis() -> redis.Redis:
    """A thread-safe client with short timeouts: a visitor never waits for a Redis that is away."""
    return redis.Redis.from_url(
        settings.REDIS_URL,
        decode_responses=True,
        encoding_errors="replace",
        socket_connect_timeout=1,
        socket_timeout=2,
        health_check_interval=15,
        max_connections=500,
        # After a restart of Redis the pool is full of dead connections: each would lose a command, a hint or a piece of
        # news. One that is really away says so at once; a slow one (TimeoutError) is not asked twice.
        retry=Retry(NoBackoff(), 1, supported_errors=(redis.ConnectionError,)),
    )


def run_script(source: str, keys: list[str], arguments: list) -> Any:
    """Runs a Lua script by its SHA, and sends its text only to a Redis that has not seen it. Raises RedisError."""
    try:
        return _command("EVALSHA", _sha_of(source), len(keys), *keys, *arguments)
    except NoScriptError:
        return _command("EVAL", source, len(keys), *keys, *arguments)


def _command(*words: Any) -> Any:
    """One command without retries: the client's wrappers cost more than the command, and an answer has many pieces."""
    pool = get_redis().connection_pool
    connection = pool.get_connection()
    try:
        connection.send_command(*words)
        return connection.read_response()
    finally:
        pool.release(connection)


@cache
def _sha_of(source: str) -> str:
    return hashlib.sha1(source.encode()).hexdigest()  # noqa: S324 - Redis names scripts so
