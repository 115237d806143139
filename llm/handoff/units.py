"""The pieces of a message that are judged on their own: its clauses, and windows of clauses that never end."""

from dataclasses import dataclass

from llm.handoff.clauses import Clause, split
from llm.handoff.features import has_anchor
from llm.handoff.frames import denial
from llm.handoff.lexicon import CODE
from llm.handoff.normalise import tokenise

# A short message is also judged as a whole: "Not you. Someone else." is a request only together.
_SHORT_MESSAGE = 16
# Dictated messages have no punctuation, so a clause longer than this is also read through a window.
_LONG_CLAUSE = 9
_BEFORE, _AFTER, _APART = 5, 4, 3
_PERSONS = frozenset(CODE[name] for name in "ROLE CHIEF DEPT HUMAN SOMEONE LIVE".split())


@dataclass(frozen=True, slots=True)
class Unit:
    """A clause to be scored; `alone` when it is the whole message."""

    clause: Clause
    alone: bool


def units_of(text: str, language: str | None = None) -> list[Unit]:
    """Everything that could be a request, in order; empty when no word of it could, or all are ruled out."""
    clauses = split(tokenise(text, language))
    units: list[Unit] = []
    for clause in clauses:
        if has_anchor(clause.codes):
            denied = denial(clause.codes)
            if denied is None:
                units.append(Unit(clause, len(clauses) == 1))
            if len(clause.codes) > _LONG_CLAUSE:
                units.extend(_windows(clause, denied[1:] if denied else (0, 0)))
    if len(clauses) > 1 and sum(len(clause.codes) for clause in clauses) <= _SHORT_MESSAGE:
        whole = Clause(
            tuple(word for clause in clauses for word in clause.words),
            "".join(clause.codes for clause in clauses),
            clauses[-1].question,
        )
        if has_anchor(whole.codes) and denial(whole.codes) is None:
            units.append(Unit(whole, True))
    return units


def _windows(clause: Clause, denied: tuple[int, int]) -> list[Unit]:
    windows: list[Unit] = []
    last = -_APART
    for position, code in enumerate(clause.codes):
        if code in _PERSONS and position - last >= _APART and not denied[0] <= position < denied[1]:
            last = position
            start, end = max(0, position - _BEFORE), position + _AFTER
            part = Clause(clause.words[start:end], clause.codes[start:end], clause.question)
            if denial(part.codes) is None:
                windows.append(Unit(part, False))
    return windows
