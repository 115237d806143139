"""The buttons of the operator bot: what they carry, and what can be read back from it."""

import re
from dataclasses import dataclass

from chats.models import Conversation
from operators.models import OperatorText
from telegram_bot.bots.texts_operators import say_plain
from telegram_bot.outgoing import Button, Buttons

LISTED = 10  # conversations in one list of buttons
_DATA = re.compile(r"(claim|to|finish|bot|transfer|history|send|off):(\d{1,18})(?::(\d{1,18}))?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Pressed:
    """What a button says: what to do with which row, and (for a held text) for which conversation."""

    action: str
    number: int
    conversation_id: int = 0


def read(data: str | None) -> Pressed | None:
    """What was pressed; None for data that no button of ours carries."""
    match = _DATA.fullmatch(data or "")
    if match is None or (match[3] is None) == (match[1] == "send"):
        return None
    return Pressed(match[1], int(match[2]), int(match[3] or 0))


def claim(conversation: Conversation, language: str) -> Buttons:
    """The button of a card."""
    return [[_button(say_plain("claim", language, number=conversation.pk), "claim", conversation.pk)]]


def conversations(held: list[Conversation], action: str) -> Buttons:
    """One button for each conversation, with its number and the visitor's name."""
    return [[_button(label(conversation), action, conversation.pk)] for conversation in held[:LISTED]]


def addressees(text: OperatorText, held: list[Conversation], language: str) -> Buttons:
    """Whom a held text may be for, and nobody."""
    rows = [
        [_button(label(conversation), "send", text.pk, conversation.pk)] for conversation in held[:LISTED]
    ]
    return [*rows, [_button(say_plain("ask_none", language), "send", text.pk, 0)]]


def leave_or_stay(language: str) -> Buttons:
    """The confirmation of /off."""
    return [
        [_button(say_plain("confirm_off_yes", language), "off", 1)],
        [_button(say_plain("confirm_off_no", language), "off", 0)],
    ]


def label(conversation: Conversation) -> str:
    """A conversation on a button."""
    return f"№{conversation.pk} · {conversation.contact.display_name}"[:60]


def _button(text: str, action: str, *numbers: int) -> Button:
    return Button(text=text, data=":".join([action, *map(str, numbers)]))
