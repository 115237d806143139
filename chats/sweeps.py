"""The sweeps: whatever hint was lost, what is stored and not yet done is found here within seconds."""

import json
from base64 import b64decode
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
LONGEST_QUEUE = 2000  # hints; behind more of them a sweep adds none: they are work enough for a while


def sweep() -> tuple[int, int]:
    """Hints again at what is due and has no hint in the queue; returns how many of each (conversations, addresses).

    A second hint for what is still in line would only make the line longer for everybody, and that at the very moment
    in which the workers are behind.
    """
    answers = addresses = 0
    in_line = _in_line("answers")
    if in_line is not None:
        owed = Conversation.objects.answerable().order_by("pk").values_list("pk", flat=True)
        for pk in owed[: BATCH + len(in_line)]:
            if (pk,) not in in_line and answers < BATCH:
                hints.hint_answer(pk)
                answers += 1
    in_line = _in_line("deliveries")
    if in_line is not None:
        next_in_line = Delivery.objects.next_in_line().order_by("pk").values_list("channel", "address")
        for address in next_in_line[: BATCH + len(in_line)]:
            if address not in in_line and addresses < BATCH:
                hints.hint_flush(*address)
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


def _in_line(queue: str) -> set[tuple] | None:
    """What the hints are about that no worker has taken from this queue yet; None when they are too many to read."""
    try:
        messages = get_redis().lrange(queue, 0, LONGEST_QUEUE)
    except RedisError:
        return set()
    return None if len(messages) > LONGEST_QUEUE else {_arguments(message) for message in messages}


def _arguments(message: str) -> tuple:
    """A task's arguments, out of the message as Celery's protocol 2 has it; () where it is written otherwise."""
    try:
        return tuple(json.loads(b64decode(json.loads(message)["body"]))[0])
    except (ValueError, LookupError, TypeError):
        return ()
