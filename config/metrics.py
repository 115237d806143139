"""/metrics: what the processes of this machine have counted, and what the database says of the desk right now."""

import hmac

from django.conf import settings
from django.db.models import Count
from django.http import HttpResponse, HttpResponseForbidden
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.multiprocess import MultiProcessCollector

from chats import health
from chats.models import Conversation, Delivery
from chats.redis import RedisError, get_redis

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
    """What stands in PostgreSQL and Redis at the moment of the question."""

    def collect(self):
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
        try:
            yield _family(
                "queue_length", "Tasks in the broker", ["queue"], [(q, get_redis().llen(q)) for q in QUEUES]
            )
            age = health.seconds_since_sweep()
            yield _gauge("seconds_since_sweep", "Since a worker last ran a sweep", -1 if age is None else age)
        except RedisError:
            yield _gauge("seconds_since_sweep", "Since a worker last ran a sweep", -1)


def _gauge(name: str, about: str, value: float) -> GaugeMetricFamily:
    return GaugeMetricFamily(f"switchboard_{name}", about, value=value)


def _family(name: str, about: str, labels: list[str], rows) -> GaugeMetricFamily:
    family = GaugeMetricFamily(f"switchboard_{name}", about, labels=labels)
    for *values, count in rows:
        family.add_metric(values, count)
    return family
