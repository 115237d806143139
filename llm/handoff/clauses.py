"""Splits tokens into clauses, so that one request in a long story is judged by its own words.

>>> [" ".join(clause.words) for clause in split(tokenise("Звонил, никто не взял. Позовите, пожалуйста, человека"))]
['звонил', 'никто не взял', 'позовите пожалуйста человека']
"""

import re
from dataclasses import dataclass

from llm.handoff.lexicon import CODE
from llm.handoff.normalise import Tokens

_HARD = CODE["STOP"] + CODE["ASK"]
_SOFT = CODE["COMMA"]
_MARKS = CODE["COMMA"] + CODE["QUOTE"]
# A piece of only these words belongs to its neighbour: "соедините, пожалуйста, с оператором".
_LOOSE = re.compile(
    "["
    + "".join(CODE[name] for name in "PLEASE GREET OK SWEAR ME YOU AND BUT LIVE BOT THANK VOC".split())
    + "]+"
)
_TRAILING = re.compile("[" + CODE["PLEASE"] + CODE["SWEAR"] + CODE["ME"] + CODE["VOC"] + "]+")


@dataclass(frozen=True, slots=True)
class Clause:
    """A run of words with one thought, its class codes, and whether it was asked as a question."""

    words: tuple[str, ...]
    codes: str
    question: bool


def split(tokens: Tokens) -> list[Clause]:
    """Clauses of a message in order, without punctuation."""
    clauses: list[Clause] = []
    start = 0
    codes = tokens.codes
    for end in range(len(codes) + 1):
        if end == len(codes) or codes[end] in _HARD:
            if end > start:
                question = end < len(codes) and codes[end] == CODE["ASK"]
                clauses.extend(_split_sentence(tokens, start, end, question))
            start = end + 1
    return clauses


def sentences(tokens: Tokens) -> list[Clause]:
    """Whole sentences in order, without punctuation: a bot's draft is judged by these."""
    found: list[Clause] = []
    start = 0
    for end in range(len(tokens.codes) + 1):
        if end == len(tokens.codes) or tokens.codes[end] in _HARD:
            kept = [n for n in range(start, end) if tokens.codes[n] not in _MARKS]
            if kept:
                question = end < len(tokens.codes) and tokens.codes[end] == CODE["ASK"]
                words = tuple(tokens.words[n] for n in kept)
                found.append(Clause(words, "".join(tokens.codes[n] for n in kept), question))
            start = end + 1
    return found


def _split_sentence(tokens: Tokens, start: int, end: int, question: bool) -> list[Clause]:
    pieces: list[list[int]] = [[]]
    for position in range(start, end):
        code = tokens.codes[position]
        if code == _SOFT:
            pieces.append([])
        elif code == CODE["BUT"] and len(pieces[-1]) > 1:
            pieces.append([position])
        elif code != CODE["QUOTE"]:
            pieces[-1].append(position)
    merged: list[list[int]] = []
    for piece in (piece for piece in pieces if piece):
        loose = _LOOSE.fullmatch("".join(tokens.codes[n] for n in piece))
        previous = merged and "".join(tokens.codes[n] for n in merged[-1])
        if merged and (_LOOSE.fullmatch(previous) or loose or _TRAILING.fullmatch(previous[-1:])):
            merged[-1] = merged[-1] + piece
        else:
            merged.append(piece)
    return [
        Clause(tuple(tokens.words[n] for n in piece), "".join(tokens.codes[n] for n in piece), question)
        for piece in merged
    ]
