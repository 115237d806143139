"""To whom plain texts of an operator go: the current conversation, and the notice that announced it.

The order of messages in the operator's chat is the order of their Telegram ids. A text goes to the current conversation
only if the notice that made it current stands above the text, and nothing from another visitor stands between them:
that is what the operator had before their eyes. Whatever was delivered later they had not seen when they wrote.
"""

import time
from collections.abc import Iterator

from django.db.models import Q

from chats.models import Conversation, Delivery, Message
from operators.models import Operator
from operators.screen import CHANNEL

IN_FLIGHT_PATIENCE = 1.0  # seconds: a notice may be on the screen a moment before its id is stored
_STEP = 0.02


def set_current(operator: Operator, conversation: Conversation | None, *, key: str = "") -> None:
    """Makes a conversation the current one; `key` is the delivery that says so to the operator."""
    operator.current_conversation, operator.current_key = conversation, key if conversation else ""
    operator.save(update_fields=["current_conversation", "current_key"])


def current_after_leaving(operator: Operator) -> Conversation | None:
    """What becomes current once a conversation has ended: the one that was, or the only one that is left."""
    held = list(held_by(operator))
    still = [conversation for conversation in held if conversation.pk == operator.current_conversation_id]
    return (still or (held if len(held) == 1 else [None]))[0]


def held_by(operator: Operator):
    """The conversations whose operator's end this operator is, the longest held first."""
    return Conversation.objects.held_by(CHANNEL, operator.address).select_related("contact")


def meant_by(operator: Operator, *, source_id: int) -> Conversation | None:
    """The conversation a plain text with this message id is for; None when that is not certain."""
    conversation = held_by(operator).filter(pk=operator.current_conversation_id).first()
    if conversation is None:
        return None
    notice = _shown(operator)
    if notice is None or int(notice.external_id) >= source_id:
        return None
    return None if _others_spoke(operator, conversation, notice, source_id) else conversation


def flight(operator: Operator) -> Iterator[None]:
    """Yields once, and again while something is on its way to the operator: what they answer may be on their screen a
    moment before its id is stored."""
    deadline = time.monotonic() + IN_FLIGHT_PATIENCE
    under_way = Delivery.objects.pending().filter(channel=CHANNEL, address=operator.address, attempts__gt=0)
    yield
    while time.monotonic() < deadline and under_way.exclude(lease_token=None).exists():
        time.sleep(_STEP)
        yield
    yield  # what was under way may have arrived between the last look and the last question


def _shown(operator: Operator) -> Delivery | None:
    """The notice that announced the current conversation, once it is known to be on the operator's screen."""
    for _ in flight(operator):
        notice = Delivery.objects.filter(dedupe_key=operator.current_key, state=Delivery.State.SENT).first()
        if notice:
            return notice if notice.external_id.isdigit() else None
    return None


def _others_spoke(operator: Operator, conversation: Conversation, notice: Delivery, source_id: int) -> bool:
    """Did another visitor's words come between the notice and the text? What may have come counts as well."""
    later = Delivery.objects.filter(
        channel=CHANNEL, address=operator.address, message__author=Message.Author.VISITOR
    )
    later = later.exclude(conversation=conversation)
    if later.pending().filter(attempts__gt=0).exists():
        return True
    sent = later.filter(Q(pk__gt=notice.pk) | Q(sent_at__gte=notice.sent_at), state=Delivery.State.SENT)
    return any(
        int(notice.external_id) < int(shown) < source_id
        for shown in sent.values_list("external_id", flat=True)
        if shown.isdigit()
    )
