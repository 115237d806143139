"""The sweeps: whatever hint was lost, what is stored and not yet done is found here within seconds."""

from datetime import timedelta

from django.conf import settings
from django.db.models import Q
from django.db.models.functions import Now

from chats import hints
from chats.channels import get_channel
from chats.conversations import ConversationConflict, close
from chats.models import Conversation, Delivery
from chats.redis import RedisError, get_redis

BATCH = 500


def sweep() -> tuple[int, int]:
    """Hints again at every due answer and delivery, and returns how many of each (conversations, addresses)."""
    answers = addresses = 0
    if _has_room("answers"):
        for pk in Conversation.objects.answerable().order_by("pk").values_list("pk", flat=True)[:BATCH]:
            hints.hint_answer(pk)
            answers += 1
    if _has_room("deliveries"):
        next_in_line = Delivery.objects.next_in_line().order_by("pk").values_list("channel", "address")
        for channel, address in next_in_line[:BATCH]:
            hints.hint_flush(channel, address)
            addresses += 1
    return answers, addresses


def takes_turn(name: str) -> bool:
    """Is it time for this sweep? Of those that have piled up in the queue while no worker was there, one is enough."""
    try:
        return bool(get_redis().set(f"sweep:{name}", 1, nx=True, px=int(settings.SWEEP_SECONDS * 500)))
    except RedisError:
        return True


def close_idle() -> int:
    """Closes conversations in which nothing has been said for too long, by the database's clock.

    Those who wait for a person are kept, and those to whom the bot owes an answer.
    """
    moment = Now() - timedelta(hours=settings.IDLE_CLOSE_HOURS)
    closing = [name for name in settings.CHANNELS if get_channel(name).closes_when_idle]
    idle = Conversation.objects.idle_since(moment).exclude(
        Conversation.OWED | Q(state=Conversation.State.WAITING)
    )
    idle = idle.filter(contact__channel__in=closing)
    closed = 0
    for conversation in idle.order_by("last_activity_at")[:BATCH]:
        try:
            close(
                conversation_id=conversation.pk,
                by="idle",
                only=Q(last_activity_at__lt=moment) & ~Conversation.OWED,
            )
            closed += 1
        except ConversationConflict:
            continue  # somebody spoke just now
    return closed


def _has_room(queue: str) -> bool:
    """Is the queue short enough that more hints make sense?"""
    try:
        return get_redis().llen(queue) < BATCH
    except RedisError:
        return True
