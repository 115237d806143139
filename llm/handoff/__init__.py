"""Does the visitor want a person, and does the bot's draft admit that it cannot help?

    >>> detect_request("Позовите, пожалуйста, человека").verdict
    <Verdict.HAND_OVER: 'hand_over'>
    >>> detect_cannot("Доставка стоит 290 рублей.").verdict
    <Verdict.ANSWER: 'answer'>

Nothing here needs Django, a network or a dependency.
"""

from llm.handoff.cannot import detect_cannot
from llm.handoff.dialogue import should_offer
from llm.handoff.request import detect_request
from llm.handoff.verdict import Detection, Verdict

__all__ = ["Detection", "Verdict", "detect_cannot", "detect_request", "should_offer"]
