"""Listens to the engine, to be quick; operators.queue.sweep finds the same by itself."""

from django.dispatch import receiver

from chats import hints
from chats.models import Conversation
from chats.signals import delivery_failed, human_requested, state_changed
from operators.failures import on_failure


@receiver(human_requested)
def offer_soon(sender, conversation_id: int, **kwargs) -> None:
    hints.hint("operators.sync_handoff", conversation_id)


@receiver(state_changed)
def put_away_soon(sender, conversation_id: int, state: str, **kwargs) -> None:
    if state in {Conversation.State.BOT, Conversation.State.CLOSED}:
        hints.hint("operators.sync_handoff", conversation_id)


@receiver(delivery_failed)
def tell_of_failure(sender, delivery, **kwargs) -> None:
    on_failure(delivery)
