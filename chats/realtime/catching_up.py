"""What PostgreSQL knows, asked for many streams at once: at the start of a stream, after a loss, and now and then."""

from bisect import bisect_left
from dataclasses import dataclass, field

from django.db import connection

from chats.live import message_as_json, state_as_json
from chats.models import Contact, Conversation, Message
from chats.realtime import frames

PAGE = 50  # messages at a time for one stream


@dataclass(slots=True)
class News:
    """What one stream is to know."""

    last_seq: int = 0
    messages: list[tuple[int, bytes, bytes]] = field(default_factory=list)  # seq, author, JSON
    more: bool = False
    stamp: tuple[int, int] = (0, 0)
    state: bytes = b""
    waiting: bool = False
    turn: bytes = b""  # the answer that is being written (from Redis), and its text so far
    partial: str = ""


def read_news(asked: list[tuple[str, int]]) -> list[News]:
    """What is new for each (token hash, last seq shown): a few queries for all, and one for each that is behind."""
    try:
        contacts = {contact.external_id: contact for contact in _contacts({token for token, _ in asked})}
        latest = Conversation.objects.latest_of_contacts([contact.pk for contact in contacts.values()])
        conversations = {conversation.contact_id: conversation for conversation in latest}
        queue = _queue() if any(c.state == Conversation.State.WAITING for c in conversations.values()) else []
        return [_news_of(contacts.get(token), after, conversations, queue) for token, after in asked]
    finally:
        connection.close()  # back to the pool


def _contacts(tokens: set[str]) -> list[Contact]:
    return list(Contact.objects.filter(channel="web", external_id__in=tokens).only("external_id", "last_seq"))


def _queue() -> list:
    return list(Conversation.objects.waiting().values_list("state_since", flat=True))


def _news_of(
    contact: Contact | None, after: int, conversations: dict[int, Conversation], queue: list
) -> News:
    conversation = conversations.get(contact.pk) if contact else None
    waiting = conversation is not None and conversation.state == Conversation.State.WAITING
    position = bisect_left(queue, conversation.state_since) + 1 if waiting else None
    news = News(
        last_seq=contact.last_seq if contact else 0,
        state=frames.as_json({**state_as_json(conversation), "queue_position": position}),
        stamp=(conversation.pk, conversation.epoch) if conversation else (0, 0),
        waiting=waiting,
    )
    if contact and contact.last_seq > after:
        page = Message.objects.after(contact.pk, after)[:PAGE]
        news.messages = [(m.seq, m.author.encode(), frames.as_json(message_as_json(m))) for m in page]
        news.more = len(news.messages) == PAGE
    return news
