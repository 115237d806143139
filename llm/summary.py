"""The three lines an operator reads before the transcript."""

import logging
import re
import time

from django.conf import settings

from llm.asking import Asker, ask
from llm.brake import Brake
from llm.breaker import breaker_of
from llm.budget import spent_cap
from llm.connections import give_back_connections
from llm.prompts import summary_messages
from llm.providers import get_provider
from llm.providers.base import ProviderError
from llm.providers.small_talk import reply_to_small_talk

logger = logging.getLogger(__name__)
LINES = 3
LINE_CHARACTERS = 160
_LABELS = {"ru": ("Спросили", "Потом", "Последнее"), "en": ("Asked", "Then", "Last")}
_BULLET = re.compile(r"^\s*(?:[-*•–—]|\d[.)])\s*")
_NOT_WORDS = re.compile(r"\W+")


def summarise(
    turns, language: str, *, conversation_id: int | None = None, contact_id: int | None = None
) -> str:
    """Return three lines about a dialogue for the operator's card: the LLM's if it is quick, else the visitor's words.

    `turns` are `Turn`s. What it costs counts against the caps of the conversation, the visitor and the site; a spent
    cap leaves the visitor's words. It never raises and takes LLM_SUMMARY_SECONDS at most.
    """
    visitor = [turn.text for turn in turns if turn.role == "visitor" and turn.text.strip()]
    if not visitor:
        return ""
    provider = get_provider()
    if provider.name == "offline" or not breaker_of(provider).allows():
        return extract(visitor, language)
    if spent_cap(conversation_id=conversation_id, contact_id=contact_id):
        return extract(visitor, language)
    give_back_connections()
    try:
        draft = ask(
            provider=provider,
            messages=summary_messages(turns, language),
            tools=[],
            deadline=time.monotonic() + settings.LLM_SUMMARY_SECONDS,
            brake=Brake(),
            asker=Asker("summary", conversation_id, contact_id),
        )
    except ProviderError as error:
        logger.info("no summary by %s: %s", provider.name, error)
        return extract(visitor, language)
    finally:
        give_back_connections()
    lines = [_short(_BULLET.sub("", line)) for line in draft.text.splitlines() if line.strip()]
    return "\n".join(lines[:LINES])


def extract(said: list[str], language: str) -> str:
    """Return the first thing a visitor said, the longest of the rest, and the last: a summary with no LLM."""
    worth = _without_repeats(said, language)
    first, *rest = worth
    last = rest.pop() if rest else ""
    middle = max(rest, key=len, default="")
    rows = zip(_LABELS[language], (first, middle, last), strict=True)
    return "\n".join(f"{label}: {_short(text)}" for label, text in rows if text)


def _without_repeats(said: list[str], language: str) -> list[str]:
    """What was said, without small talk and what was said before."""
    seen: set[str] = set()
    kept = []
    for text in said:
        plain = _NOT_WORDS.sub(" ", text.lower()).strip()
        if plain and plain not in seen:
            seen.add(plain)
            kept.append(text)
    telling = [
        text for text in kept if len(_NOT_WORDS.sub("", text)) > 6 and not reply_to_small_talk(text, language)
    ]
    return telling or kept or said[:1]


def _short(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= LINE_CHARACTERS else f"{text[: LINE_CHARACTERS - 1].rstrip()}…"
