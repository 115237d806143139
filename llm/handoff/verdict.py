"""What a detector answers."""

from dataclasses import dataclass
from enum import StrEnum


class Verdict(StrEnum):
    """Three outcomes for the visitor's words; a bot's draft knows only the first and the last."""

    HAND_OVER = "hand_over"
    OFFER = "offer"
    ANSWER = "answer"


@dataclass(frozen=True, slots=True)
class Detection:
    """A verdict, how sure it is (0 to 1), and whether a deterministic frame decided it.

    The LLM may overrule only a detection that is not `strong`.
    """

    verdict: Verdict
    score: float
    strong: bool
    why: str
