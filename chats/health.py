"""Is the desk able to work? Asked by /readyz and by the metrics."""

import time

from django.db.models import Min
from django.utils import timezone

from chats.models import Conversation, Delivery
from chats.redis import RedisError, get_redis

_KEY = "alive:worker"


def worker_is_alive() -> None:
    """Noted by each sweep: beat sends it, the broker carries it and a worker runs it, so it proves all three."""
    try:
        get_redis().set(_KEY, time.time(), ex=3600)
    except RedisError:
        return  # then /readyz says so


def seconds_since_sweep() -> float | None:
    """How long ago a worker last ran a sweep; None when it is not known. Raises RedisError."""
    last = get_redis().get(_KEY)
    return None if last is None else max(0.0, time.time() - float(last))


def oldest_unanswered_seconds() -> float:
    """How long the visitor has waited to whom the bot has owed an answer the longest; 0 when it owes none."""
    return _age(Conversation.objects.unanswered().aggregate(oldest=Min("last_activity_at"))["oldest"])


def oldest_waiting_seconds() -> float:
    """How long the visitor has waited for an operator who has waited the longest; 0 when nobody waits."""
    return _age(Conversation.objects.waiting().order_by().aggregate(oldest=Min("state_since"))["oldest"])


def oldest_due_delivery_seconds() -> float:
    """How long the oldest delivery that is due has been; 0 when none is."""
    return _age(Delivery.objects.due().aggregate(oldest=Min("next_attempt_at"))["oldest"])


def _age(moment) -> float:
    return 0.0 if moment is None else max(0.0, (timezone.now() - moment).total_seconds())
