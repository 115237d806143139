"""What the desk shows to its operators. The class that does it is named in settings.OPERATOR_SCREEN.

Every method stores what is to be sent, in the transaction of the fact, and returns at once; nothing here waits for a
network. `key` is the dedupe key of the delivery that is made.
"""

import uuid
from functools import cache
from typing import Protocol

from django.conf import settings
from django.utils.module_loading import import_string

from chats.models import Conversation
from operators.models import Card, Handoff, Operator, OperatorText

#: The channel of every operator's end.
CHANNEL = "operator"


class Screen(Protocol):
    def offer(self, card: Card, *, reminder: bool = False) -> None:
        """Shows a waiting conversation with a claim button; a `reminder` says how long it has waited by now."""

    def renew(self, card: Card) -> None:
        """Shows an open card again: its handoff has a summary now."""

    def withdraw(self, card: Card, *, why: str, name: str = "") -> None:
        """Takes the button away. `why`: yours, taken (by `name`), reminded, off_duty, or an outcome of a handoff."""

    def welcome(self, operator: Operator, handoff: Handoff, *, key: str) -> None:
        """The operator has claimed it: says that it is the current one, then shows the transcript."""

    def announce_current(self, operator: Operator, conversation: Conversation, *, key: str) -> None:
        """Says to whom plain texts go from here on."""

    def left(
        self,
        operator: Operator,
        conversation: Conversation,
        *,
        outcome: str,
        current: Conversation | None,
        key: str,
    ) -> None:
        """The operator has ended his part; `current` is the conversation that plain texts go to from here on."""

    def lost(self, operator: Operator, conversation: Conversation, *, outcome: str, key: str) -> None:
        """The conversation has left the operator without his doing."""

    def ask_addressee(self, text: OperatorText, conversations: list[Conversation], *, key: str) -> None:
        """Asks whom a text is for, with a button for each conversation."""

    def settle_ask(self, text: OperatorText) -> None:
        """Says at the question what has become of the text, and takes the buttons away."""

    def approved(self, operator: Operator, *, key: str) -> None:
        """An admin has let the operator in."""

    def on_duty(self, operator: Operator, *, waiting: int, key: str) -> None:
        """The operator is on duty; so many conversations wait."""

    def off_duty(self, operator: Operator, *, why: str, passed_on: int, key: str) -> None:
        """The operator is off duty (`why`: off_duty, dismissed, unreachable); so many conversations were passed on."""

    def undelivered(
        self, operator: Operator, conversation: Conversation, *, text: str, error: str, key: str
    ) -> None:
        """What the operator wrote could not be delivered to the visitor."""


@cache
def get_screen() -> Screen:
    """The screen of this installation."""
    return import_string(settings.OPERATOR_SCREEN)()


def new_key(what: str) -> str:
    """A dedupe key for something that is happening now, once: the transaction itself is what happens once."""
    return f"operators:{what}:{uuid.uuid4().hex}"
