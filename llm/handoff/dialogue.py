"""Signals that need more than one message: they lead to the offer of a human, never to a hand-over."""

import re
from collections.abc import Sequence
from typing import Protocol


class TurnLike(Protocol):
    """What is read of a turn: `role` is "visitor", "bot", "operator" or "system"."""

    role: str
    text: str


def should_offer(turns: Sequence[TurnLike]) -> bool:
    """True when the visitor asked the same again after an answer, or complained of two answers in a row."""
    return False
