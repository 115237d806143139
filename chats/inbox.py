"""What comes in: a visitor's or an operator's words, stored once and passed on by the state of the conversation."""

import re
import uuid
from dataclasses import dataclass

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.db.models.functions import Now

from chats import hints
from chats.channels import get_channel
from chats.conversations import ConversationConflict, open_conversation, request_human, take_seq
from chats.messages import write_message
from chats.models import Contact, Conversation, Message
from chats.printable import printable
from llm.handoff import Verdict, detect_request

_CYRILLIC = re.compile("[а-яё]", re.IGNORECASE)
_LATIN = re.compile("[a-z]", re.IGNORECASE)


class BadText(ValueError):
    """The text cannot be accepted; `code` says why: empty or too_long."""

    def __init__(self, code: str, detail: str):
        super().__init__(detail)
        self.code = code


class QueueFull(Exception):
    """So many of the visitor's messages wait for an answer that no more are taken."""


@dataclass(frozen=True, slots=True)
class Receipt:
    message: Message
    conversation: Conversation | None
    created: bool  # False: this client_id had been stored before, and nothing has changed


def clean_text(text: str) -> str:
    """The text as it is stored: without control characters and outer blanks. Raises BadText."""
    text = printable(text).strip()
    if not text:
        raise BadText("empty", "The message is empty.")
    if len(text) > settings.MESSAGE_MAX_CHARS:
        raise BadText("too_long", f"The message is longer than {settings.MESSAGE_MAX_CHARS} characters.")
    return text


def receive_message(
    *,
    contact: Contact,
    text: str,
    client_id: uuid.UUID | None = None,
    character_id: int | None = None,
    parked: bool = False,
    needs_answer: bool = True,
    queue_limit: int = 0,
    meta: dict | None = None,
) -> Receipt:
    """Stores what a visitor wrote, in one transaction with what follows from it.

    A repeat of the same client_id changes nothing. While the bot answers, the words may call a human at once; otherwise
    the conversation is left to be answered. While an operator answers, the message goes to the operator.
    A `parked` conversation keeps its messages without an answer, and so is a message kept that `needs_answer` says the
    bot has nothing to say to (a sticker). With a `queue_limit`, so many in a row stay without an answer at most.
    Raises BadText, QueueFull.
    """
    text = clean_text(text)
    try:
        with transaction.atomic():
            receipt = _store(contact, text, client_id, character_id, parked, needs_answer, meta)
            if queue_limit:
                _check_queue(receipt.message, queue_limit)
            return receipt
    except IntegrityError:
        stored = Message.objects.filter(contact=contact, client_id=client_id).first() if client_id else None
        if stored is None:
            raise
        return Receipt(message=stored, conversation=stored.conversation, created=False)


def receive_operator_message(*, conversation_id: int, channel: str, address: str, text: str) -> Message:
    """Stores what an operator wrote, for the visitor to read.

    Only the operator at whose address the conversation's end is may write in it: anything else is a
    ConversationConflict. Raises BadText.
    """
    text = clean_text(text)
    with transaction.atomic():
        contact = Contact.objects.get(conversations=conversation_id)
        seq = take_seq(contact)
        mine = Q(state=Conversation.State.OPERATOR, operator_channel=channel, operator_address=address)
        if not Conversation.objects.filter(mine, pk=conversation_id).update(last_activity_at=Now()):
            raise ConversationConflict(f"conversation {conversation_id} is not held by this operator")
        conversation = Conversation.objects.get(pk=conversation_id)
        return write_message(
            contact=contact,
            conversation=conversation,
            seq=seq,
            author=Message.Author.OPERATOR,
            text=text,
            operator_name=conversation.operator_name,
        )


def _store(contact, text, client_id, character_id, parked, needs_answer, meta) -> Receipt:
    seq = Contact.objects.take_seq(contact.pk)
    conversation = open_conversation(contact=contact, character_id=character_id, parked=parked)
    conversation.visitor_seq = seq if needs_answer else conversation.visitor_seq
    Conversation.objects.filter(pk=conversation.pk).update(
        visitor_seq=conversation.visitor_seq, last_activity_at=Now()
    )
    message = write_message(
        contact=contact,
        conversation=conversation,
        seq=seq,
        author=Message.Author.VISITOR,
        text=text,
        client_id=client_id,
        meta=(meta or {}) if needs_answer else (meta or {}) | {"needs_answer": False},
    )
    if needs_answer:
        _follow_language(contact, text)
    if conversation.state == Conversation.State.BOT and not conversation.parked and needs_answer:
        if wants_human(text, channel=contact.channel):
            conversation = request_human(conversation_id=conversation.pk, reason="words")
        elif not get_channel(contact.channel).answers_in_request:
            hints.hint_answer(conversation.pk)
    return Receipt(message=message, conversation=conversation, created=True)


def _check_queue(message: Message, limit: int) -> None:
    """Raises QueueFull when the messages before this one fill the queue; what has been stored is then undone."""
    if message.seq <= limit:
        return
    before = Message.objects.filter(
        contact_id=message.contact_id, seq__gte=message.seq - limit, seq__lt=message.seq
    )
    waiting = before.filter(
        conversation_id=message.conversation_id, author__in=[Message.Author.VISITOR, Message.Author.SYSTEM]
    )
    if waiting.count() == limit:
        raise QueueFull(f"{limit} messages are waiting for an answer already. Please wait for it.")


def wants_human(text: str, *, channel: str) -> bool:
    """Do these words alone, by the deterministic detector, call a person on this channel?"""
    return get_channel(channel).has_human_end and detect_request(text).verdict == Verdict.HAND_OVER


def language_of(text: str) -> str | None:
    """The language in which whoever writes this is to be answered; None for a text that does not tell."""
    cyrillic, latin = len(_CYRILLIC.findall(text)), len(_LATIN.findall(text))
    if cyrillic == latin:
        return None
    if cyrillic > latin * 0.5:
        return "ru"
    return "en" if latin > 3 else None


def _follow_language(contact: Contact, text: str) -> None:
    language = language_of(text)
    if language and contact.language != language:
        contact.language = language
        Contact.objects.filter(pk=contact.pk).update(language=language)
