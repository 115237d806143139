"""/metrics: what the processes of this machine have counted, and what the database says of the desk right now."""

import hmac
from collections.abc import Iterator
from datetime import timedelta

from django.conf import settings
from django.db import Error
from django.db.models import Aggregate, Count
from django.http import HttpResponse, HttpResponseForbidden
from django.utils import timezone
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.multiprocess import MultiProcessCollector

from chats import health
from chats.models import Conversation, Delivery
from chats.redis import RedisError, get_redis
from llm.models import LLMCall
from operators.models import Operator
from telegram_bot.models import TelegramUpdate

RECENT, HOUR = timedelta(minutes=5), timedelta(hours=1)
QUANTILES = ("0.5", "0.95")
QUEUES = ("answers", "deliveries", "default")
_LOOPBACK = {"127.0.0.1", "::1", ""}  # "": a unix socket


def metrics(request) -> HttpResponse:
    """The Prometheus page, for whoever has METRICS_TOKEN; without one, for direct callers of this machine."""
    if not _may_read(request):
        return HttpResponseForbidden("METRICS_TOKEN is needed\n", content_type="text/plain")
    registry = CollectorRegistry()
    MultiProcessCollector(registry)
    registry.register(DeskCollector())
    return HttpResponse(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)


def _may_read(request) -> bool:
    if settings.METRICS_TOKEN:
        given = request.headers.get("Authorization", "").removeprefix("Bearer ")
        return hmac.compare_digest(given.encode(), settings.METRICS_TOKEN.encode())
    # Whatever a proxy passes on comes from outside, although the proxy itself is a neighbour.
    return request.META.get("REMOTE_ADDR", "") in _LOOPBACK and "X-Forwarded-For" not in request.headers


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
