"""Offers waiting conversations to operators on duty, and takes the offers back."""

from django.db import IntegrityError, transaction
from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from operators.models import Card, Handoff, Operator
from operators.screen import get_screen, new_key

OFFERED_AT_ONCE = 15  # cards with a button before one operator; the others are in /queue


def offer_to_all(handoff: Handoff) -> int:
    """Offers one handoff to everybody who may take it, and returns how many cards were new."""
    return sum(
        offer(handoff, operator) for operator in candidates(handoff).filter(open_cards__lt=OFFERED_AT_ONCE)
    )


def offer_waiting(operator: Operator) -> int:
    """Offers to one operator on duty what has waited longest, and returns how many cards were new."""
    room = OFFERED_AT_ONCE - operator.cards.open().count()
    shown = Card.objects.open().filter(handoff=OuterRef("pk"), operator=operator)
    unseen = Handoff.objects.unclaimed().filter(~Exists(shown)).exclude(passed_on_by=operator, reminders=0)
    return sum(
        offer(handoff, operator) for handoff in unseen.select_related("conversation__contact")[: max(room, 0)]
    )


def candidates(handoff: Handoff) -> QuerySet[Operator]:
    """Those on duty who may take it: whoever passed it on is left alone until the first reminder."""
    operators = Operator.objects.on_duty().annotate(
        open_cards=Count("cards", filter=Q(cards__closed_at=None))
    )
    return operators.exclude(pk=handoff.passed_on_by_id if handoff.reminders == 0 else None).order_by("pk")


def offer(handoff: Handoff, operator: Operator, *, reminder: bool = False) -> bool:
    """Shows one card; False when the operator has it before them already."""
    try:
        with transaction.atomic():
            card = Card.objects.create(handoff=handoff, operator=operator, delivery_key=new_key("card"))
    except IntegrityError:
        return False
    get_screen().offer(card, reminder=reminder)
    return True


def withdraw(cards: QuerySet[Card], *, why: str, name: str = "") -> int:
    """Takes the buttons of these cards away, and returns how many had one."""
    count = 0
    for card in cards.open().select_related("handoff__conversation__contact", "operator").order_by("pk"):
        if Card.objects.open().filter(pk=card.pk).update(closed_at=timezone.now()):
            get_screen().withdraw(card, why=why, name=name)
            count += 1
    return count


def withdraw_stale() -> int:
    """Takes back what a race has left: cards of handoffs that wait no more, and of operators who are not on duty."""
    with transaction.atomic():
        stale = Card.objects.filter(
            Q(handoff__closed_at__isnull=False) | Q(handoff__claimed_at__isnull=False)
        ).select_related("handoff__claimed_by")
        count = 0
        for card in stale.open():
            handoff = card.handoff
            why = handoff.outcome or ("yours" if handoff.claimed_by_id == card.operator_id else "taken")
            count += withdraw(
                Card.objects.filter(pk=card.pk),
                why=why,
                name=handoff.claimed_by.name if handoff.claimed_by else "",
            )
        return count + withdraw(Card.objects.filter(operator__on_duty=False), why="off_duty")
