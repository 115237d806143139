"""Exports the events, each at least once.

One that goes twice (a crash between sending and marking) has the same insert_id, by which Amplitude drops the second.
"""

import logging
import uuid
from datetime import timedelta

from django.conf import settings
from django.db import connection, transaction
from django.db.models.functions import Now
from django.utils import timezone

from chats.analytics.amplitude import Refused, TooLarge, Unavailable, upload
from chats.models.analytics_event import AnalyticsEvent
from chats.redis import RedisError, get_redis

logger = logging.getLogger(__name__)

State = AnalyticsEvent.State
BATCH = 500  # events in a request; Amplitude takes 2,000 and 1 MB
BATCHES = 20  # in one run
LEASE = timedelta(minutes=5)  # longer than a batch that is halved all the way down takes
PAUSES = (15, 30, 60, 120, 300)  # seconds after the first, second ... failure in a row
_FAILURES, _PAUSE = "analytics:failures", "analytics:pause"


def export_events() -> int:
    """Sends what is due, and returns how many events were taken. Without a key nothing happens and all is kept."""
    if not settings.AMPLITUDE_API_KEY or _is_paused():
        return 0
    sent = 0
    for _ in range(BATCHES):
        token, events = _take()
        if not events:
            break
        try:
            sent += _send(events, token)
        except Unavailable as error:
            logger.warning("Amplitude: %s", error)
            _pause(error.retry_after)
            break
        finally:
            AnalyticsEvent.objects.filter(lease_token=token).update(lease_until=None, lease_token=None)
        _forget_failures()
    return sent


def retry_parked(*, event_ids: list[int]) -> int:
    """Puts parked events back in the queue, and returns how many."""
    parked = AnalyticsEvent.objects.filter(pk__in=event_ids, state=State.PARKED)
    return parked.update(state=State.PENDING, error="")


def _take() -> tuple[uuid.UUID, list[AnalyticsEvent]]:
    """A batch that nobody else will take for a while: the lease of one who dies runs out."""
    token = uuid.uuid4()
    with transaction.atomic():
        due = (
            AnalyticsEvent.objects.due()
            .order_by("pk")
            .select_for_update(skip_locked=True)
            .values("pk")[:BATCH]
        )
        AnalyticsEvent.objects.filter(pk__in=due).update(lease_token=token, lease_until=Now() + LEASE)
    events = list(AnalyticsEvent.objects.filter(lease_token=token).order_by("pk"))
    if not connection.in_atomic_block:
        connection.close()
    return token, events


def _send(events: list[AnalyticsEvent], token: uuid.UUID) -> int:
    """Sends events, in halves where the whole is refused, and returns how many arrived. Raises Unavailable."""
    try:
        upload(events)
    except (Refused, TooLarge) as error:
        if len(events) == 1:
            logger.warning("Amplitude refused event %s: %s", events[0].pk, error)
            _mark(events, token, state=State.PARKED, error=str(error)[:500])
            return 0
        middle = len(events) // 2
        return _send(events[:middle], token) + _send(events[middle:], token)
    _mark(events, token, state=State.SENT, sent_at=timezone.now(), error="")
    return len(events)


def _mark(events: list[AnalyticsEvent], token: uuid.UUID, **changes) -> None:
    mine = AnalyticsEvent.objects.filter(pk__in=[event.pk for event in events], lease_token=token)
    mine.update(lease_until=None, lease_token=None, **changes)


def _is_paused() -> bool:
    try:
        return bool(get_redis().exists(_PAUSE))
    except RedisError:
        return False


def _pause(seconds: int) -> None:
    """Leaves Amplitude alone for as long as it asks, or longer with every failure."""
    try:
        failures = get_redis().incr(_FAILURES)
        get_redis().expire(_FAILURES, 3600)
        get_redis().set(_PAUSE, 1, ex=seconds or PAUSES[min(failures, len(PAUSES)) - 1])
    except RedisError as error:
        logger.warning("no pause is remembered: %s", error)


def _forget_failures() -> None:
    try:
        get_redis().delete(_FAILURES)
    except RedisError as error:
        logger.warning("the failures are not forgotten: %s", error)
