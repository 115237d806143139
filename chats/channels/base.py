"""What the engine asks of a channel."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from chats.models import Delivery, Message


class Channel:
    """One way in and out. A subclass says how a message looks there and how it is sent."""

    #: May a conversation of this channel be switched to a person?
    has_human_end = False
    #: Does the LLM speak as one of the characters here?
    has_characters = False
    #: What the answer is for, told to the LLM layer: "desk", "character", "webhook" or "api".
    purpose = "desk"
    #: Is the visitor shown the answer while it is being written?
    shows_writing = False
    #: Is everything that came meanwhile answered with one answer? Where each request has a reply of its own, it is not.
    answers_together = True
    #: Does the request itself wait for the answer? Then no worker is told; the sweep is there for a request that dies.
    answers_in_request = False
    #: Is a conversation closed, and the person told so, when nobody has said anything for long?
    closes_when_idle = True
    #: How often the LLM is asked when it fails and nobody can take over.
    answer_attempts = 3
    #: Is the visitor told when that was in vain?
    says_when_it_fails = True

    def payloads(self, message: Message, address: str) -> list[dict]:
        """The payloads of the deliveries that show `message` at `address`, in order; [] where the reader fetches."""
        return []

    def send(self, delivery: Delivery) -> str:
        """Sends one delivery and returns the other side's id of it ("" where there is none).

        Raises TemporaryDeliveryError (it is sent again later) or PermanentDeliveryError (it is given up).
        """
        raise NotImplementedError

    def on_writing(self, address: str, text: str) -> None:
        """Shows at `address` the answer as written so far (it may be cut short by `on_retract`). Best effort."""

    def on_retract(self, address: str) -> None:
        """Takes back what `on_writing` has shown. Best effort."""

    def on_sent(self, delivery: Delivery) -> None:
        """A delivery has arrived: called in the transaction that marks it as sent."""

    def on_turn_end(self, address: str) -> None:
        """The LLM has finished or failed: what `on_writing` has begun ends here, before the answer is written."""

    def on_typing(self, address: str) -> None:
        """Shows at `address`, for a few seconds, that the person at the other end types. Best effort."""


class TemporaryDeliveryError(Exception):
    """It may work later; `retry_after` is how long the other side asks to be left alone."""

    def __init__(self, reason: str, *, retry_after: timedelta | None = None):
        super().__init__(reason)
        self.retry_after = retry_after


class PermanentDeliveryError(Exception):
    """It will never work: the person blocked the bot, the chat is gone, the payload is refused."""
