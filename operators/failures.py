"""What could not be delivered: operators hear of it, and whoever cannot be reached is taken off duty."""

from datetime import timedelta

from django.db import transaction
from django.db.models import CharField, Exists, OuterRef, Value
from django.db.models.functions import Cast, Concat
from django.utils import timezone

from chats.models import Delivery, Message
from operators.duty import go_off_duty
from operators.models import Operator, OperatorText
from operators.queue import lock_conversation
from operators.screen import CHANNEL, get_screen

LOOKED_BACK = timedelta(days=1)
#: What Telegram says when nothing will ever reach that person.
_GONE = ("blocked by the user", "user is deactivated", "chat not found", "can't initiate conversation")


def on_failure(delivery: Delivery) -> None:
    """Deals with one delivery that was given up."""
    delivery.refresh_from_db(fields=["state", "error"])
    if delivery.channel == CHANNEL:
        _on_unreachable_operator(delivery)
    else:
        _on_unreachable_visitor(delivery)


def sweep_failures() -> int:
    """Deals with the failures that nobody has heard of, and returns how many."""
    recent = (
        Delivery.objects.failed().filter(created_at__gt=timezone.now() - LOOKED_BACK).order_by("-created_at")
    )
    told = Delivery.objects.filter(dedupe_key=Concat(Value(_key("")), Cast(OuterRef("pk"), CharField())))
    written_by_operator = OperatorText.objects.filter(message=OuterRef("message"))
    untold = recent.filter(Exists(written_by_operator), ~Exists(told)).exclude(channel=CHANNEL)
    for operator in Operator.objects.on_duty():
        for delivery in recent.filter(
            channel=CHANNEL, address=operator.address, created_at__gt=operator.on_duty_since
        )[:100]:
            _on_unreachable_operator(delivery)
    return sum(_on_unreachable_visitor(delivery) for delivery in untold.select_related("message")[:100])


def _on_unreachable_visitor(delivery: Delivery) -> bool:
    text = OperatorText.objects.filter(message=delivery.message_id).select_related("operator").first()
    if delivery.message_id is None or text is None:
        return False
    with transaction.atomic():
        conversation = lock_conversation(delivery.conversation_id)
        words = Message.objects.values_list("text", flat=True).get(pk=delivery.message_id)
        if not words:
            return False  # erased
        get_screen().undelivered(
            text.operator, conversation, text=words, error=delivery.error, key=_key(delivery.pk)
        )
    return True


def _on_unreachable_operator(delivery: Delivery) -> None:
    if any(words in delivery.error.lower() for words in _GONE):
        lost = Operator.objects.on_duty().filter(
            chat_id=int(delivery.address), on_duty_since__lt=delivery.created_at
        )
        for pk in lost.values_list("pk", flat=True):
            go_off_duty(operator_id=pk, reason="unreachable")


def _key(delivery_id: int | str) -> str:
    return f"operators:undelivered:{delivery_id}"
