"""Signals that need more than one message: they lead to the offer of a human, never to a hand-over."""

import re
from collections.abc import Sequence
from typing import Protocol

from llm.handoff.lexicon import CODE
from llm.handoff.normalise import Tokens, tokenise


class TurnLike(Protocol):
    """What is read of a turn: `role` is "visitor", "bot", "operator" or "system"."""

    @property
    def role(self) -> str: ...
    @property
    def text(self) -> str: ...


# Of an earlier question more than this share of the words comes back: the same question, differently put.
SAME_QUESTION = 0.6
# An old question is asked again for its own sake; only the last few were just answered.
_LOOK_BACK = 4
_STEM = 5
_SMALL_TALK = frozenset(
    CODE[name]
    for name in "PLEASE GREET OK SWEAR THANK VOC AND BUT OR TO WITH ABOUT I ME MY YOU YOUR THIS DET BE DO CAN WANT WHAT "
    "WHERE WHEN HOW WHY IF HELP NEG COMMA STOP ASK QUOTE".split()
)
_COMPLAINT = re.compile(
    r"не помог|не помога|не то\b|не об этом|не ответили|не отвеча|не понима|не понял[иа]? вопрос|опять (?:то же|одно|двадцать|этот|вы|ты)|снова то же"
    r"|одно и то же|по кругу|уже (?:читал|пробовал|делал|писал|спрашивал|говорил)|бесполезн|бестолк|туп(?:ой|ая|ые|ица)|ерунд|чушь|бред|толку"
    r"|не работает ваш|неправильно|неверно|всё равно не|все равно не|издева|отписк|шаблон|ссылк\w+ (?:не|битая)|я (?:же )?(?:спросил|спрашивал)"
    r"|(?:didn't|doesn't|does not|did not|isn't|not|aren't) (?:help|work|answer|useful|what i asked|what i meant|helping|helpful|understand|right)"
    r"|useless|wrong answer|that's wrong|same (?:answer|link|thing|reply)|again the same|in circles|already (?:read|tried|told|said|did|asked)"
    r"|stupid|nonsense|not it\b|no use|still (?:not|doesn't|broken|wrong)|you don't (?:get|understand)|makes no sense|i asked"
)  # fmt: skip


def should_offer(turns: Sequence[TurnLike]) -> bool:
    """True when the visitor asked the same again after an answer, or complained of two answers in a row.

    Reads only what was said since an operator last spoke; the last turn must be the visitor's.
    """
    if not turns or turns[-1].role != "visitor":
        return False
    since = max((n + 1 for n, turn in enumerate(turns) if turn.role == "operator"), default=0)
    answered = _answered_questions(turns[since:-1])
    last = turns[-1].text
    if answered and _complains(last) and _complains(answered[-1]):
        return True
    return any(_same_question(last, earlier) for earlier in answered[-_LOOK_BACK:])


def _answered_questions(turns: Sequence[TurnLike]) -> list[str]:
    """What the visitor wrote, in order, each time that the bot answered afterwards."""
    questions: list[str] = []
    unanswered: list[str] = []
    for turn in turns:
        if turn.role == "visitor":
            unanswered.append(turn.text)
        elif turn.role == "bot":
            questions.extend(unanswered)
            unanswered = []
    return questions


def _complains(text: str) -> bool:
    return _COMPLAINT.search(" ".join(_spoken(tokenise(text)))) is not None


def _spoken(tokens: Tokens) -> list[str]:
    return [word for word in tokens.words if word[0].isalnum()]


def _same_question(text: str, earlier: str) -> bool:
    words, before = _content(text), _content(earlier)
    if not words or not before:
        return False
    if words == before:
        return True
    shared = len(words & before)
    return shared >= 2 and shared / len(words | before) > SAME_QUESTION


def _content(text: str) -> frozenset[str]:
    tokens = tokenise(text)
    return frozenset(
        word if word[0].isdigit() else word[:_STEM]
        for word, code in zip(tokens.words, tokens.codes, strict=True)
        if code not in _SMALL_TALK
    )
