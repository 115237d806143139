"""Does the visitor's message ask for a human?"""

from functools import cache

from llm.handoff import features, frames, linear
from llm.handoff.units import Unit, units_of
from llm.handoff.verdict import Detection, Verdict

# Log-odds. The first gives the best F1 within the allowed false alarms on our own held-out messages;
# between the two lies the grey zone, where a button is offered beside the answer.
HAND_OVER_FROM = 0.6
OFFER_FROM = -2.2
# A frame that nothing speaks against earns the offer too, unless the wording is plainly of something else.
OFFER_ON_FRAME_FROM = -4.0


def detect_request(text: str, language: str | None = None) -> Detection:
    """Judge a visitor's message, one clause at a time; the likeliest clause decides."""
    best: Unit | None = None
    score = -linear.CERTAIN
    for unit in units_of(text, language):
        value = _model().score(features.extract(unit.clause, alone=unit.alone))
        if value > score:
            best, score = unit, value
    if best is None:
        return Detection(Verdict.ANSWER, 0.0, False, "no clause that could be a request")
    hits, vetoes = frames.matches(best.clause.codes)
    sure = linear.probability(score)
    why = f"{hits[0] if hits else 'wording'}{', but ' + vetoes[0] if vetoes else ''}: {' '.join(best.clause.words)}"
    if score >= HAND_OVER_FROM:
        return Detection(Verdict.HAND_OVER, sure, bool(hits) and not vetoes, why)
    if score >= (OFFER_ON_FRAME_FROM if hits and not vetoes else OFFER_FROM):
        return Detection(Verdict.OFFER, sure, False, why)
    return Detection(Verdict.ANSWER, sure, False, why)


def pieces(text: str, language: str | None) -> list[set[str]]:
    """What training sees of a message: the features of each of its units."""
    return [features.extract(unit.clause, alone=unit.alone) for unit in units_of(text, language)]


@cache
def _model() -> linear.Model:
    return linear.load("request")
