"""Who is typing, shown to the other end. Best effort: nothing is stored, and nothing waits for it."""

from django.db import connection

from chats import hints, live
from chats.channels import get_channel
from chats.models import Conversation
from chats.redis import RedisError, get_redis

State = Conversation.State
SHOWN_SECONDS = (
    4  # the other end shows it a little longer than this; telling it again earlier changes nothing
)


def visitor_is_typing(*, token_hash: str) -> None:
    """A visitor of the website types: whoever holds the conversation will be shown it."""
    snapshot = live.read_snapshot(token_hash)
    if snapshot is None or snapshot[1]["state"] == State.OPERATOR:
        hints.hint("chats.show_visitor_typing", token_hash)


def operator_is_typing(*, conversation_id: int) -> None:
    """An operator is about to write in the conversation: the visitor will be shown it.

    Telegram does not tell a bot that somebody types. To be called when an operator does what one does in order to
    answer, such as choosing this dialogue among several; never by a clock.
    """
    hints.hint("chats.show_operator_typing", conversation_id)


def show_visitor_typing(*, token_hash: str) -> bool:
    """Shows it at the operator's end. False when no operator holds the conversation, or when it has just been shown."""
    held = Conversation.objects.filter(
        contact__channel="web", contact__external_id=token_hash, state=State.OPERATOR
    )
    end = held.values_list("operator_channel", "operator_address").first()
    return end is not None and _show(*end)


def show_operator_typing(*, conversation_id: int) -> bool:
    """Shows it at the visitor's end. False when no operator holds the conversation, or when it has just been shown."""
    held = Conversation.objects.filter(pk=conversation_id, state=State.OPERATOR)
    end = held.values_list("contact__channel", "contact__external_id").first()
    return end is not None and _show(*end)


def _show(channel: str, address: str) -> bool:
    try:
        if not get_redis().set(f"typing:{channel}:{address}", 1, ex=SHOWN_SECONDS, nx=True):
            return False
    except RedisError:
        return False  # without the memory of what was shown, rather nothing than too much
    if not connection.in_atomic_block:
        connection.close()  # the network may take its time
    get_channel(channel).on_typing(address)
    return True
