"""Does the bot's draft admit that it cannot help?"""

import re
from functools import cache

from llm.handoff import clauses, features, linear
from llm.handoff.cues import CUES
from llm.handoff.normalise import tokenise
from llm.handoff.verdict import Detection, Verdict

HAND_OVER_FROM = 0.3
_MARKER = re.compile(r"[\[#<]*[A-Z]+(?:_[A-Z]+)+[\]#>]*|\[[^\]]{3,40}\]")


def detect_cannot(text: str, language: str | None = None) -> Detection:
    """Judge a draft by its sentences: HAND_OVER when one admits defeat, else ANSWER."""
    best: clauses.Clause | None = None
    score, cue = -linear.CERTAIN, ""
    if is_marker(text):
        return Detection(Verdict.HAND_OVER, 1.0, True, "a marker instead of an answer")
    sentences = clauses.sentences(tokenise(text, language))
    for sentence in sentences:
        cues = _cues(sentence)
        value = _model().score(features.extract_from_draft(sentence, alone=len(sentences) == 1, cues=cues))
        if value > score:
            best, score, cue = sentence, value, cues[0] if cues else ""
    if best is None:
        return Detection(Verdict.ANSWER, 0.0, False, "no words")
    sure = linear.probability(score)
    why = f"{cue or 'wording'}: {' '.join(best.words)}"
    if score >= HAND_OVER_FROM:
        return Detection(Verdict.HAND_OVER, sure, bool(cue), why)
    return Detection(Verdict.ANSWER, sure, False, why)


def is_marker(text: str) -> bool:
    """Whether the draft is a code word or a bracketed note and not an answer: `NO_ANSWER`, `[нет ответа]`."""
    return _MARKER.fullmatch(text.strip()) is not None


def pieces(text: str, language: str | None) -> list[set[str]]:
    """What training sees of a draft: the features of each of its sentences."""
    sentences = clauses.sentences(tokenise(text, language))
    return [
        features.extract_from_draft(sentence, alone=len(sentences) == 1, cues=_cues(sentence))
        for sentence in sentences
    ]


def _cues(sentence: clauses.Clause) -> list[str]:
    words = " ".join(sentence.words)
    return [name for name, cue in CUES.items() if cue.search(words)]


@cache
def _model() -> linear.Model:
    return linear.load("cannot")
