"""Writes one message into a conversation and hands it to the ends that are to see it."""

import uuid

from django.db import transaction

from chats import live, metrics, outbox
from chats.models import Contact, Conversation, Message
from chats.printable import printable

Author = Message.Author


def write_message(
    *,
    contact: Contact,
    conversation: Conversation,
    seq: int,
    author: str,
    text: str,
    client_id: uuid.UUID | None = None,
    operator_name: str = "",
    answers: int | None = None,
    meta: dict | None = None,
) -> Message:
    """Stores a message under a seq that the caller has just taken in this same transaction.

    What the visitor writes goes to the operator's end, if there is one; everything else goes to the visitor's end.
    """
    message = Message.objects.create(
        contact=contact,
        conversation=conversation,
        seq=seq,
        author=author,
        text=printable(text),
        client_id=client_id,
        operator_name=operator_name,
        answers=answers,
        meta=meta or {},
    )
    if author != Author.VISITOR:
        outbox.deliver(message, channel=contact.channel, address=contact.external_id)
    elif conversation.state == Conversation.State.OPERATOR:
        outbox.deliver(message, channel=conversation.operator_channel, address=conversation.operator_address)
    transaction.on_commit(metrics.MESSAGES.labels(contact.channel, author).inc)
    live.publish_on_commit(message, contact=contact, conversation=conversation)
    return message
