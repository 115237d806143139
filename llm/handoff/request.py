"""Does the visitor's message ask for a human?"""

from llm.handoff import clauses, frames
from llm.handoff.normalise import tokenise
from llm.handoff.verdict import Detection, Verdict


def detect_request(text: str, language: str | None = None) -> Detection:
    """Judge a visitor's message, one clause at a time; the strongest clause decides."""
    offer = ""
    for clause in clauses.split(tokenise(text, language)):
        hit = next((name for name, frame in frames.FRAMES.items() if frame.search(clause.codes)), None)
        if hit is None:
            continue
        veto = next((name for name, pattern in frames.VETOES.items() if pattern.search(clause.codes)), None)
        if veto is None:
            return Detection(Verdict.HAND_OVER, 1.0, True, hit)
        offer = f"{hit}, but {veto}"
    if offer:
        return Detection(Verdict.ANSWER, 0.3, False, offer)
    return Detection(Verdict.ANSWER, 0.0, False, "no frame")
