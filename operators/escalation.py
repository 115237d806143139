"""When nobody comes: operators are reminded, and the visitor is told if there is nobody at all."""

from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from chats.conversations import ConversationConflict, notify_visitor
from chats.models import Contact, Conversation
from operators import cards
from operators.models import Handoff, Operator

BATCH = 200


def tell_visitor_if_nobody(handoff: Handoff) -> bool:
    """Tells the visitor, once for each handoff, that nobody is on duty. The caller holds the contact's lock."""
    if handoff.visitor_told_at or cards.candidates(handoff).exists():
        return False
    untold = Handoff.objects.unclaimed().filter(pk=handoff.pk, visitor_told_at=None)
    told = untold.update(visitor_told_at=timezone.now())
    if told:
        notify_visitor(
            conversation_id=handoff.conversation_id,
            text_key="nobody_on_duty",
            only=Q(state=Conversation.State.WAITING, epoch=handoff.epoch),
        )
    return bool(told)


def tell_those_who_wait() -> int:
    """Tells everybody who waits and does not know yet that nobody is on duty, and returns how many were told."""
    if Operator.objects.on_duty().exists():
        return 0
    return sum(_tell(handoff) for handoff in Handoff.objects.unclaimed().filter(visitor_told_at=None)[:BATCH])


def remind_due() -> int:
    """Reminds of every handoff that has waited past the next mark of HANDOFF_REMINDER_MINUTES; returns of how many."""
    now, count = timezone.now(), 0
    for passed, minutes in reversed(list(enumerate(settings.HANDOFF_REMINDER_MINUTES, start=1))):
        due = Handoff.objects.unclaimed().filter(
            reminders__lt=passed, requested_at__lte=now - timedelta(minutes=minutes)
        )
        for handoff in due.select_related("conversation__contact")[:BATCH]:
            count += _remind(handoff, passed)
    return count


def _tell(handoff: Handoff) -> bool:
    try:
        with transaction.atomic():
            _lock_contact(handoff)
            return tell_visitor_if_nobody(handoff)
    except ConversationConflict:
        return False  # the visitor has taken it back, or somebody has come


def _remind(handoff: Handoff, passed: int) -> bool:
    """One reminder for all the marks that have passed; the new card replaces the old one."""
    with transaction.atomic():
        _lock_contact(handoff)
        if (
            not Handoff.objects.unclaimed()
            .filter(pk=handoff.pk, reminders__lt=passed)
            .update(reminders=passed)
        ):
            return False
        handoff.reminders = passed
        for operator in cards.candidates(handoff):
            had_card = cards.withdraw(handoff.cards.filter(operator=operator), why="reminded")
            if had_card or operator.open_cards < cards.OFFERED_AT_ONCE:
                cards.offer(handoff, operator, reminder=True)
        return True


def _lock_contact(handoff: Handoff) -> None:
    contact_id = Conversation.objects.values_list("contact_id", flat=True).get(pk=handoff.conversation_id)
    Contact.objects.select_for_update(no_key=True).only("pk").get(pk=contact_id)
