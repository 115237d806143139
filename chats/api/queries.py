"""What a reader is told: from Redis while nothing is new, from PostgreSQL otherwise."""

from django.conf import settings

from chats import live
from chats.api.tokens import find_contact
from chats.models import Contact, Conversation, Message

PAGE = 200  # messages in one answer; a client that gets so many asks again


def read_messages(*, token_hash: str, after: int) -> dict:
    """What a web contact has not seen yet, and who answers now. An idle poll touches no table."""
    snapshot = live.read_snapshot(token_hash)
    if nothing_new := _nothing_new(snapshot, after):
        return nothing_new
    contact = find_contact(token_hash)
    if contact is None:
        live.write_snapshot(token_hash, 0, None)
        return {"messages": [], **live.state_as_json(None), "queue_position": None}
    messages = [live.message_as_json(message) for message in Message.objects.after(contact.pk, after)[:PAGE]]
    conversation = current_conversation(contact)
    if snapshot is None or snapshot[0] < contact.last_seq:
        live.write_snapshot(token_hash, contact.last_seq, conversation)
    return {"messages": messages, **state_with_queue(conversation)}


def read_nothing_new(*, token_hash: str, after: int) -> dict | None:
    """The answer to a poll that finds nothing new, or None where PostgreSQL has to be asked."""
    return _nothing_new(live.read_snapshot(token_hash), after)


def _nothing_new(snapshot: tuple[int, dict] | None, after: int) -> dict | None:
    """In the queue the place may have changed: only PostgreSQL knows it."""
    if snapshot is None:
        return None
    seq, state = snapshot
    if seq > after or state["state"] == Conversation.State.WAITING:
        return None
    return {"messages": [], **state, "queue_position": None}


def current_conversation(contact: Contact) -> Conversation | None:
    """The open conversation, or the last one."""
    return contact.conversations.order_by("-pk").first()


def state_of(contact: Contact | None) -> dict:
    """Who answers this contact now, with the place in the queue."""
    return state_with_queue(current_conversation(contact) if contact else None)


def state_with_queue(conversation: Conversation | None) -> dict:
    """Who answers, and how many are to be served up to and including this one."""
    return {**live.state_as_json(conversation), "queue_position": queue_position(conversation)}


def queue_position(conversation: Conversation | None) -> int | None:
    """1 for whoever is next; None when the conversation does not wait."""
    if conversation is None or conversation.state != Conversation.State.WAITING:
        return None
    return Conversation.objects.waiting().filter(state_since__lt=conversation.state_since).count() + 1


def stream_url(request) -> str:
    """Where the stream of events is; in development the same host at STREAM_PORT, else behind the same proxy."""
    if settings.STREAM_URL or not settings.DEBUG:
        return settings.STREAM_URL
    return f"{request.scheme}://{request.get_host().rsplit(':', 1)[0]}:{settings.STREAM_PORT}"
