"""/healthz: this process is alive. /readyz: the desk can do its work, and what is missing if it cannot."""

from django.conf import settings
from django.db import Error, connection
from django.http import JsonResponse

from chats import health
from chats.redis import RedisError, get_redis

LATE_SWEEP = (
    10 * settings.SWEEP_SECONDS
)  # seconds without a sweep after which nobody is believed to be at work
LATE_DELIVERY = 120  # seconds


def healthz(request) -> JsonResponse:
    """200 as long as the process answers at all."""
    return JsonResponse({"status": "ok"})


def readyz(request) -> JsonResponse:
    """200 when every part is well, else 503; each part's own word stands in the body."""
    parts = {
        "database": _try(_ask_database),
        "redis": _try(_ask_redis),
        "worker": _try(_ask_worker),
        "deliveries": _try(_ask_deliveries),
    }
    ready = all(word == "ok" for word in parts.values())
    return JsonResponse({"status": "ok" if ready else "not ready", **parts}, status=200 if ready else 503)


def _try(ask) -> str:
    try:
        return ask() or "ok"
    except (Error, RedisError) as error:
        return type(error).__name__


def _ask_database() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")


def _ask_redis() -> None:
    get_redis().ping()


def _ask_worker() -> str | None:
    age = health.seconds_since_sweep()
    if age is None:
        return "no sweep seen yet"
    return f"no sweep for {age:.0f} s" if age > LATE_SWEEP else None


def _ask_deliveries() -> str | None:
    age = health.oldest_due_delivery_seconds()
    return f"the oldest has been due for {age:.0f} s" if age > LATE_DELIVERY else None
