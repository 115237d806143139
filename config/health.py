"""/healthz: this process is alive. /readyz: it can do its work, and what is missing if it cannot."""

from django.db import Error, connection
from django.http import JsonResponse

from chats.redis import RedisError, get_redis


def healthz(request) -> JsonResponse:
    """200 as long as the process answers at all."""
    return JsonResponse({"status": "ok"})


def readyz(request) -> JsonResponse:
    """200 when PostgreSQL and Redis answer, else 503; each part's own word stands in the body."""
    parts = {"database": _try(_ask_database, Error), "redis": _try(_ask_redis, RedisError)}
    ready = all(word == "ok" for word in parts.values())
    return JsonResponse({"status": "ok" if ready else "not ready", **parts}, status=200 if ready else 503)


def _try(ask, trouble: type[Exception]) -> str:
    try:
        ask()
    except trouble as error:
        return type(error).__name__
    return "ok"


def _ask_database() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")


def _ask_redis() -> None:
    get_redis().ping()
