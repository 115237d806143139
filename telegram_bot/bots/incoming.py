"""What several bots do with a person's message: find its command, store its words or a note, store a correction."""

import uuid
from collections.abc import Callable

from django.conf import settings
from telegram import Message

from chats.inbox import Receipt
from chats.models import Contact
from chats.models import Message as StoredMessage
from telegram_bot.bots import kinds
from telegram_bot.bots.notices import tell_only_text
from telegram_bot.splitting import split_text

#: receive_message or its like: takes contact, text, client_id, needs_answer and meta.
Receive = Callable[..., Receipt]
_NAMES = uuid.UUID("6f1b3a52-7d0e-4c86-9a3e-5d2f1c8b9e04")


def is_private(message: Message) -> bool:
    """Does a person write to the bot alone?"""
    return message.chat.type == "private" and message.from_user is not None and not message.from_user.is_bot


def command_of(message: Message) -> tuple[str, str]:
    """The command that a message is, without slash and bot name, and what stands after it; "" where it is none."""
    words = (message.text or "").split(maxsplit=1)
    if not words or not words[0].startswith("/"):
        return "", ""
    return words[0][1:].split("@")[0].lower(), words[1] if len(words) > 1 else ""


def message_uuid(contact: Contact, message: Message, detail: str = "") -> uuid.UUID:
    """The client_id of a message of Telegram: the same at every delivery."""
    return uuid.uuid5(_NAMES, f"{contact.channel}:{message.chat.id}:{message.message_id}:{detail}")


def store(receive: Receive, *, contact: Contact, message: Message) -> None:
    """Stores a text, or a note of what else it was, and then says that only text is understood. Raises BadText."""
    if message.text:
        _store_text(receive, contact, message, message.text)
        return
    note = kinds.describe(message, contact.language)[: settings.MESSAGE_MAX_CHARS]
    receipt = receive(
        contact=contact,
        text=note,
        client_id=message_uuid(contact, message, "0"),
        needs_answer=bool(message.caption),
        meta={"note": True},
    )
    tell_only_text(conversation=receipt.conversation)


def store_correction(receive: Receive, *, contact: Contact, message: Message, prefix: str) -> None:
    """Stores the new words of an edited message, if its words have changed at all. Raises BadText.

    A correction is a message of its own: what was answered cannot be unsaid, and an operator may have read it.
    """
    if message.location:
        return  # a live location is edited every few seconds
    text = (message.text or kinds.describe(message, contact.language)).strip()
    stored = StoredMessage.objects.filter(contact=contact)
    last = (
        stored.filter(meta__corrects=message.message_id).order_by("seq").last()
        or stored.filter(client_id=message_uuid(contact, message, "0")).first()
    )
    if last and last.meta.get("corrected", last.text) == text:
        return  # only a preview or a reaction has changed
    meta = {"corrects": message.message_id, "corrected": text}
    _store_text(receive, contact, message, prefix + text, detail=f"{message.edit_date}:{text}:", meta=meta)


def _store_text(receive, contact, message, text, *, detail: str = "", meta: dict | None = None) -> None:
    """Telegram's longest text is a little over what one message holds, and becomes two."""
    for part, piece in enumerate(split_text(text, settings.MESSAGE_MAX_CHARS) or [text]):
        client_id = message_uuid(contact, message, f"{detail}{part}")
        receive(contact=contact, text=piece, client_id=client_id, meta=meta)
