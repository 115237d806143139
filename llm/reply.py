"""Composes the answer to a visitor: the one door into this app for the engine."""

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass

from django.conf import settings

from llm.asking import Asker, Draft, ask
from llm.brake import AdmitsDefeat, Brake
from llm.breaker import breaker_of
from llm.budget import spent_cap
from llm.connections import give_back_connections
from llm.handoff import Verdict, detect_cannot
from llm.knowledge.answering import answer_from_knowledge
from llm.knowledge.search import Hit, search_knowledge
from llm.prompts import HANDOFF_TOOL, build_messages
from llm.providers import get_provider
from llm.providers.base import Provider, ProviderError
from llm.sources import name_source
from llm.summary import summarise

__all__ = ["LLMUnavailable", "Reply", "ReplyRequest", "Turn", "compose_reply", "summarise"]

logger = logging.getLogger(__name__)
ARTICLES_IN_PROMPT = 3
NO_VOICE = {
    "ru": "Сейчас я могу только поздороваться: языковая модель не подключена. Загляните позже!",
    "en": "I can only say hello for now: no language model is connected. Please come back later!",
}
BUDGET_SPENT = {
    "ru": "На сегодня я исчерпал лимит ответов. Напишите, пожалуйста, позже.",
    "en": "I have reached today's limit of answers. Please write later.",
}


@dataclass(frozen=True, slots=True)
class Turn:
    """One message of the dialogue; `role` is "visitor", "bot", "operator" or "system"."""

    role: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplyRequest:
    """What is to be answered: the turns end with what the visitor wrote since the last answer."""

    turns: list[Turn]
    language: str  # "ru" | "en"
    purpose: str  # "desk" | "character" | "webhook" | "api"
    can_hand_over: bool
    instructions: str | None = None  # a character's
    previous_summary: str = ""
    conversation_id: int | None = None
    contact_id: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """An answer to send, or a handoff whose `text` is the draft that is never shown.

    `reason` of a handoff: "model" (it called the tool), "draft" (it admitted that it cannot help), "llm_failed",
    "budget"; of an answer: why it is the knowledge base's and not the model's, else empty. `offer` asks
    to offer a human beside the answer.
    """

    kind: str  # "answer" | "handoff"
    text: str
    reason: str = ""
    detail: str = ""
    offer: bool = False
    sources: list[dict] | tuple = ()
    provider: str = ""
    model: str = ""


class LLMUnavailable(Exception):
    """Nothing could answer, and there is no human to hand over to. Its text says why, for the log."""


def compose_reply(
    request: ReplyRequest,
    *,
    on_delta: Callable[[str], None] | None = None,
    on_retract: Callable[[], None] | None = None,
) -> Reply:
    """Answer the visitor's last words, or decide to hand over.

    `on_delta` gets the answer as it grows, `on_retract` takes all of that back; an exception they raise stops the
    answer. No database connection is held while a provider is waited for. Raises LLMUnavailable only when
    `can_hand_over` is False and nothing could answer.
    """
    provider = get_provider()
    if provider.name == "offline" and request.purpose == "character":
        return Reply(kind="answer", text=NO_VOICE[request.language], provider=provider.name)
    hits = _hits(request)
    cap = (
        None
        if provider.name == "offline"
        else spent_cap(conversation_id=request.conversation_id, contact_id=request.contact_id)
    )
    if cap:
        return _without_llm(request, reason="budget", detail=f"the budget is spent: {cap}")
    if not breaker_of(provider).allows():
        return _without_llm(
            request, reason="llm_failed", detail="the provider failed lately and is left alone"
        )
    brake = Brake(on_delta=on_delta, on_retract=on_retract, admits_defeat=_detector(request, provider))
    give_back_connections()
    try:
        draft = _ask(request, provider, hits, brake)
    except AdmitsDefeat as defeat:
        return Reply(
            kind="handoff", text=str(defeat), reason="draft", provider=provider.name, model=provider.model
        )
    except ProviderError as error:
        logger.warning("%s gave no answer: %s: %s", provider.name, error.kind, error)
        return _without_llm(request, reason="llm_failed", detail=f"{error.kind}: {error}")
    return _reply(request, provider, draft, hits, brake)


def _hits(request: ReplyRequest) -> list[Hit]:
    if request.purpose == "character":
        return []
    question, earlier = _asked(request)
    hits = search_knowledge(text=question, language=request.language, limit=ARTICLES_IN_PROMPT)
    if earlier and (not hits or not hits[0].sure):
        known = {hit.article.pk for hit in hits}
        together = search_knowledge(
            text=f"{earlier} {question}", language=request.language, limit=ARTICLES_IN_PROMPT
        )
        hits += [hit for hit in together if hit.article.pk not in known][: ARTICLES_IN_PROMPT - 1]
    return hits


def _asked(request: ReplyRequest) -> tuple[str, str]:
    """The visitor's words that wait for an answer, and what the visitor had said just before them."""
    waiting, before = [], ""
    for turn in reversed(request.turns):
        if turn.role == "visitor" and not before:
            waiting.append(turn.text)
        elif turn.role in ("bot", "operator"):
            before = before or turn.text
        elif turn.role == "visitor":
            return " ".join(reversed(waiting)), turn.text
    return " ".join(reversed(waiting)), ""


def _detector(request: ReplyRequest, provider: Provider) -> Callable[[str], bool] | None:
    """What judges the draft. The words of articles are the shop's own, and stand."""
    if not request.can_hand_over or provider.name == "offline":
        return None
    return lambda draft: detect_cannot(draft, request.language).verdict == Verdict.HAND_OVER


def _ask(request: ReplyRequest, provider: Provider, hits: list[Hit], brake: Brake) -> Draft:
    tools = [HANDOFF_TOOL] if request.can_hand_over and provider.capabilities.tools else []
    return ask(
        provider=provider,
        messages=build_messages(request, hits, tools=bool(tools)),
        tools=tools,
        deadline=time.monotonic() + settings.LLM_DEADLINE_SECONDS,
        brake=brake,
        asker=Asker(request.purpose, request.conversation_id, request.contact_id),
    )


def _reply(request: ReplyRequest, provider: Provider, draft: Draft, hits: list[Hit], brake: Brake) -> Reply:
    by = {"provider": provider.name, "model": draft.model or provider.model}
    if draft.tool:
        detail = str(draft.tool.arguments.get("reason", ""))[:300]
        return Reply(kind="handoff", text=draft.text, reason="model", detail=detail, **by)
    text, sources = draft.text, draft.sources
    if hits and not sources:
        text, sources = name_source(text, hits, request.language)
        if text.startswith(draft.text) and text != draft.text:
            brake.append(text[len(draft.text) :])
    return Reply(kind="answer", text=text, sources=sources, **by)


def _without_llm(request: ReplyRequest, *, reason: str, detail: str) -> Reply:
    """The knowledge base if it is sure, else a human, else the truth."""
    known = None
    if request.purpose != "character":
        question, earlier = _asked(request)
        known = answer_from_knowledge(text=question, earlier=earlier, language=request.language)
    if known:
        return Reply(
            kind="answer",
            text=known.text,
            reason=reason,
            detail=detail,
            offer=request.can_hand_over,
            sources=known.sources,
            provider="offline",
            model="knowledge",
        )
    if request.can_hand_over:
        return Reply(kind="handoff", text="", reason=reason, detail=detail)
    if reason == "budget":
        return Reply(kind="answer", text=BUDGET_SPENT[request.language], reason=reason, detail=detail)
    raise LLMUnavailable(detail)
