"""The desk's part of what is known of a visitor: calls for a human, and what operators were shown and typed."""

from datetime import datetime, timedelta

from django.db.models import Q
from django.utils import timezone

from chats.models import Delivery
from chats.privacy.engine import ERASED, mentions
from chats.privacy.exporting import as_dict
from chats.privacy.parts import update_in_batches
from chats.privacy.person import Person
from operators.models import Handoff, OperatorText
from operators.queue import sync_handoff
from operators.routing import give_up_held
from operators.screen import CHANNEL

LISTS_KEPT = timedelta(days=1)


def export(person: Person) -> dict:
    """When a human was called, why, and who came."""
    return {
        "handoffs": [
            as_dict(row, leave_out=("epoch", "summary_tried_at", "reminders"))
            for row in Handoff.objects.filter(conversation__contact__in=person.ids).order_by("pk")
        ]
    }


def erase(person: Person) -> None:
    """The calls end, the cards that are open say so without a name, and no list of an operator names the person."""
    handoffs = Handoff.objects.filter(conversation__contact__in=person.ids)
    handoffs.update(summary="", detail="")
    for conversation_id in set(handoffs.open().values_list("conversation_id", flat=True)):
        sync_handoff(conversation_id=conversation_id)
    _erase_lists(person)
    held = OperatorText.objects.held().filter(operator__handoffs__in=handoffs)
    for pk in set(held.values_list("pk", flat=True)):
        give_up_held(text_id=pk)


def forget_before(moment: datetime) -> int:
    """Blanks what the calls that are over were about, and old lists."""
    over = Handoff.objects.filter(closed_at__lt=moment).exclude(summary="", detail="")
    old = min(moment, timezone.now() - LISTS_KEPT)
    return update_in_batches(over, summary="", detail="") + update_in_batches(
        _lists().filter(created_at__lt=old).exclude(**ERASED), **ERASED
    )


def _lists():
    """What an operator was shown that belongs to no conversation: /chats, /queue, questions whom a text is for."""
    return Delivery.objects.filter(~Q(state=Delivery.State.PENDING), channel=CHANNEL, conversation=None)


def _erase_lists(person: Person) -> None:
    """Nobody reads again what was sent; of what is on its way, only what names the person is held back."""
    first = min(contact.created_at for contact in person.contacts)
    _lists().filter(created_at__gte=first).exclude(**ERASED).update(**ERASED)
    waiting = Delivery.objects.pending().filter(channel=CHANNEL, conversation=None, created_at__gte=first)
    named = [row.pk for row in waiting.only("payload").iterator() if mentions(row.payload, person.names)]
    Delivery.objects.pending().filter(pk__in=named).update(
        state=Delivery.State.FAILED, lease_until=None, lease_token=None, **ERASED
    )
