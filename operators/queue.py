"""The queue: every waiting conversation is a handoff, and every handoff is offered to those on duty.

`sync_handoff` makes the desk's books agree with one conversation, whatever happened to it; it is called by hints, and
by a sweep for whatever hint was lost. Every step is one transaction, and doing it twice changes nothing.
"""

import logging

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from chats import hints
from chats.models import Contact, Conversation
from operators import cards
from operators.escalation import remind_due, tell_those_who_wait, tell_visitor_if_nobody
from operators.models import Handoff, Operator
from operators.screen import get_screen

logger = logging.getLogger(__name__)

BATCH = 200
State, Outcome = Conversation.State, Handoff.Outcome


def sync_handoff(*, conversation_id: int) -> Handoff | None:
    """Closes what the conversation has left behind; if it waits, opens and offers a handoff. Returns the open one."""
    with transaction.atomic():
        handoff = settle(lock_conversation(conversation_id))
        if handoff and handoff.claimed_at is None:
            cards.offer_to_all(handoff)
            tell_visitor_if_nobody(handoff)
        return handoff


def sweep() -> int:
    """Does all that a lost hint or a crash has left undone, and returns how many conversations were put right."""
    behind = list(conversations_without_handoff().values_list("pk", flat=True)[:BATCH])
    behind += Handoff.objects.outdated().values_list("conversation_id", flat=True)[:BATCH]
    for conversation_id in dict.fromkeys(behind):
        try:
            sync_handoff(conversation_id=conversation_id)
        except Exception:  # whatever is wrong with one, the others are offered
            logger.exception("conversation %s is not in the queue", conversation_id)
    if Handoff.objects.unclaimed().exists():
        for operator in Operator.objects.on_duty():
            with transaction.atomic():
                cards.offer_waiting(operator)
        remind_due()
        tell_those_who_wait()
        for pk in (
            Handoff.objects.unclaimed().filter(summary_tried_at=None).values_list("pk", flat=True)[:BATCH]
        ):
            hints.hint("operators.summarise", pk)
    cards.withdraw_stale()
    return len(behind)


def conversations_without_handoff() -> QuerySet[Conversation]:
    """Those that wait for an operator and of which the desk knows nothing yet."""
    known = Handoff.objects.filter(conversation=OuterRef("pk"), epoch=OuterRef("epoch"))
    return Conversation.objects.waiting().filter(~Exists(known))


def lock_conversation(conversation_id: int) -> Conversation:
    """The conversation as it is, and stays until the transaction ends. Raises Conversation.DoesNotExist."""
    contact_id = Conversation.objects.values_list("contact_id", flat=True).get(pk=conversation_id)
    Contact.objects.select_for_update(no_key=True).only("pk").get(pk=contact_id)
    return Conversation.objects.select_related("contact").get(pk=conversation_id)


def settle(conversation: Conversation) -> Handoff | None:
    """Closes the outdated handoffs of a locked conversation; returns its open one, made now if it waits without one."""
    for handoff in Handoff.objects.outdated().filter(conversation=conversation):
        _let_go(handoff, conversation)
    if conversation.state != State.WAITING:
        return conversation.handoffs.open().first()
    handoff, created = Handoff.objects.get_or_create(
        conversation=conversation,
        epoch=conversation.epoch,
        defaults={
            "reason": conversation.handoff_reason,
            "detail": conversation.handoff_detail,
            "requested_at": conversation.state_since,
            "passed_on_by": _passed_on_by(conversation),
        },
    )
    handoff.conversation = conversation
    if created:
        hints.hint("operators.summarise", handoff.pk)
    return handoff


def _passed_on_by(conversation: Conversation) -> Operator | None:
    if conversation.handoff_reason != Handoff.Reason.TRANSFER:
        return None
    previous = conversation.handoffs.filter(epoch=conversation.epoch - 2).select_related("claimed_by").first()
    return previous and previous.claimed_by


def close_handoff(handoff: Handoff, *, outcome: str) -> bool:
    """Closes an open handoff and takes its cards back; False when somebody was faster."""
    closed = Handoff.objects.open().filter(pk=handoff.pk).update(closed_at=timezone.now(), outcome=outcome)
    if closed:
        cards.withdraw(handoff.cards.all(), why=outcome)
    return bool(closed)


def _let_go(handoff: Handoff, conversation: Conversation) -> None:
    """The conversation has moved on by somebody else's doing; whoever held it is told."""
    outcome = _outcome(handoff, conversation)
    if close_handoff(handoff, outcome=outcome) and handoff.claimed_by:
        get_screen().lost(
            handoff.claimed_by, conversation, outcome=outcome, key=f"operators:lost:{handoff.pk}"
        )


def _outcome(handoff: Handoff, conversation: Conversation) -> str:
    if conversation.state == State.CLOSED:
        by = {"operator": Outcome.FINISHED, "idle": Outcome.IDLE}
        return by.get(conversation.closed_by, Outcome.VISITOR)
    if handoff.claimed_at is None:
        return Outcome.TAKEN_BACK
    return Outcome.BOT if conversation.state == State.BOT else Outcome.PASSED_ON
