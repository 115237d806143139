"""Tries the databases that the environment names, before anything starts."""

import psycopg
import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from config.run.errors import CannotRun


def check_databases(environment: dict[str, str]) -> None:
    """Raises CannotRun when DATABASE_URL or REDIS_URL is given and does not let us in."""
    if url := environment.get("DATABASE_URL"):
        try:
            psycopg.connect(url, connect_timeout=5).close()
        except psycopg.Error as error:
            raise CannotRun(f"DATABASE_URL: {_one_line(error)}") from None
    if url := environment.get("REDIS_URL"):
        try:
            options = {
                "socket_timeout": 5,
                "socket_connect_timeout": 5,
                "retry": Retry(NoBackoff(), retries=0),
            }
            with redis.Redis.from_url(url, **options) as client:
                client.ping()
        except redis.RedisError as error:
            raise CannotRun(f"REDIS_URL: {_one_line(error)}") from None


def _one_line(error: Exception) -> str:
    return " ".join(str(error).split()) or type(error).__name__
