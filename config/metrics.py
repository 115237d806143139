"""/metrics: what the processes of this machine have counted, and what the database says of the desk right now.

In containers each process has a METRICS_DIR of its own: config/metrics_server.py shows what the others have counted.
"""

import hmac
import os
from collections.abc import Iterator
from datetime import timedelta

from django.conf import settings
from django.db import Error
from django.db.models import Aggregate, Count
from django.http import HttpResponse, HttpResponseForbidden
from django.utils import timezone
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.multiprocess import MultiProcessCollector, mark_process_dead

from chats import health
from chats.models import Conversation, Delivery
from chats.redis import RedisError, get_redis
from llm.models import LLMCall
from operators.models import Operator
from telegram_bot.models import TelegramUpdate

RECENT, HOUR = timedelta(minutes=5), timedelta(hours=1)
QUANTILES = ("0.5", "0.95")
QUEUES = ("answers", "deliveries", "default")
REFUSED = "METRICS_TOKEN is needed\n"
_LOOPBACK = {"127.0.0.1", "::1", ""}  # "": a unix socket


def metrics(request) -> HttpResponse:
    """The Prometheus page, for whoever has METRICS_TOKEN; without one, for direct callers of this machine."""
    allowed = may_read(
        authorization=request.headers.get("Authorization", ""),
        peer=request.META.get("REMOTE_ADDR", ""),
        forwarded="X-Forwarded-For" in request.headers,
    )
    if not allowed:
        return HttpResponseForbidden(REFUSED, content_type="text/plain")
    return HttpResponse(counted_page() + _desk_page(), content_type=CONTENT_TYPE_LATEST)


def may_read(*, authorization: str, peer: str, forwarded: bool) -> bool:
    """Says whether the metrics are for this caller."""
    if settings.METRICS_TOKEN:
        given = authorization.removeprefix("Bearer ")
        return hmac.compare_digest(given.encode(), settings.METRICS_TOKEN.encode())
    # Whatever a proxy passes on comes from outside, although the proxy itself is a neighbour.
    return peer in _LOOPBACK and not forwarded


def counted_page() -> bytes:
    """What the processes that share METRICS_DIR have counted."""
    _forget_the_dead()
    registry = CollectorRegistry()
    MultiProcessCollector(registry)
    return generate_latest(registry)


def _desk_page() -> bytes:
    registry = CollectorRegistry()
    registry.register(DeskCollector())
    return generate_latest(registry)


def _forget_the_dead() -> None:
    """A process that was killed has no open streams any more, whatever its file says. Its counters stay."""
    for file in settings.METRICS_DIR.glob("gauge_live*_*.db"):
        pid = int(file.stem.rpartition("_")[2])
        if not _lives(pid):
            mark_process_dead(pid, str(settings.METRICS_DIR))


def _lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except PermissionError:
        return True  # and is not ours
    except ProcessLookupError:
        return False
    return True


class DeskCollector:
    """What stands in PostgreSQL and Redis at the moment of the question: the same whoever of the desk is asked."""

    def collect(self):
        yield from _unless_away("database_up", "PostgreSQL answers", Error, self._ask_database)
        yield from _unless_away("redis_up", "Redis answers", RedisError, self._ask_redis)

    def _ask_database(self):
        yield _gauge(
            "unanswered_conversations", "The bot owes an answer", Conversation.objects.unanswered().count()
        )
        yield _gauge(
            "oldest_unanswered_seconds", "The longest wait for the bot", health.oldest_unanswered_seconds()
        )
        yield _gauge(
            "handoffs_waiting", "Visitors who wait for an operator", Conversation.objects.waiting().count()
        )
        yield _gauge(
            "oldest_handoff_seconds", "The longest wait for an operator", health.oldest_waiting_seconds()
        )
        yield _gauge("operators_on_duty", "Operators on duty", Operator.objects.on_duty().count())
        yield _gauge(
            "oldest_due_delivery_seconds",
            "The longest overdue delivery",
            health.oldest_due_delivery_seconds(),
        )
        rows = Delivery.objects.exclude(state=Delivery.State.SENT).values_list("channel", "state")
        yield _family(
            "deliveries_stored",
            "Not sent yet or given up",
            ["channel", "state"],
            rows.annotate(n=Count("pk")),
        )
        failed = Delivery.objects.failed().filter(created_at__gt=timezone.now() - HOUR)
        yield _gauge("deliveries_failed_recent", "Given up, of those of the last hour", failed.count())
        updates = TelegramUpdate.objects.failed().filter(created_at__gt=timezone.now() - HOUR)
        yield _gauge("updates_failed_recent", "Telegram updates of the last hour given up", updates.count())
        yield from _llm()

    def _ask_redis(self):
        yield _family(
            "queue_length", "Tasks in the broker", ["queue"], [(q, get_redis().llen(q)) for q in QUEUES]
        )
        age = health.seconds_since_sweep()
        yield _gauge("seconds_since_sweep", "Since a worker last ran a sweep", -1 if age is None else age)


def _unless_away(name: str, about: str, away: type[Exception], ask) -> Iterator[GaugeMetricFamily]:
    """What a part says of itself, and whether it answers: without it the other parts still tell theirs."""
    try:
        families = list(ask())
    except away:
        families, up = [], 0
    else:
        up = 1
    yield _gauge(name, about, up)
    yield from families


def _llm() -> Iterator[GaugeMetricFamily]:
    """Calls of the last minutes, by the log of calls: which process made them does not matter."""
    recent = LLMCall.objects.since(timezone.now() - RECENT).order_by()
    calls = recent.values_list("provider", "outcome").annotate(n=Count("pk"))
    yield _family("llm_calls_recent", "Calls to the model in five minutes", ["provider", "outcome"], calls)
    shares = {f"of_{number}": Percentile("latency_ms", share=share) for number, share in enumerate(QUANTILES)}
    took = [
        (row["provider"], share, row[f"of_{number}"] / 1000)
        for row in recent.values("provider").annotate(**shares)
        for number, share in enumerate(QUANTILES)
    ]
    yield _family("llm_seconds_recent", "How long these calls took", ["provider", "quantile"], took)


class Percentile(Aggregate):
    """PostgreSQL's percentile_disc."""

    template = "percentile_disc(%(share)s) WITHIN GROUP (ORDER BY %(expressions)s)"


def _gauge(name: str, about: str, value: float) -> GaugeMetricFamily:
    return GaugeMetricFamily(f"switchboard_{name}", about, value=value)


def _family(name: str, about: str, labels: list[str], rows) -> GaugeMetricFamily:
    family = GaugeMetricFamily(f"switchboard_{name}", about, labels=labels)
    for *values, count in rows:
        family.add_metric(values, count)
    return family
