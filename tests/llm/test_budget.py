"""Spending: what is written down, and what happens when a cap is spent."""

from decimal import Decimal

import pytest

from llm.budget import spent_cap
from llm.memory import get_redis
from llm.models import LLMCall
from llm.providers.base import Usage
from llm.testing.behaviour import Behaviour
from llm.usage import price_of
from tests.llm.conftest import ANSWER

IDS = {"conversation_id": 7, "contact_id": 3}


def spend(tokens: int, *, cost: str = "0", conversation_id: int = 7, contact_id: int = 3) -> None:
    LLMCall.objects.create(
        provider="openai",
        purpose="desk",
        conversation_id=conversation_id,
        contact_id=contact_id,
        prompt_tokens=tokens,
        cost=Decimal(cost),
        outcome="answer",
    )


def test_an_answer_is_written_down_with_its_tokens_and_its_price(openai_desk, ask_desk, settings):
    settings.LLM_PRICES = {"test": [1.0, 4.0]}
    openai_desk.script(Behaviour(text=ANSWER))

    ask_desk("Привет", **IDS)

    call = LLMCall.objects.get()
    assert (call.provider, call.model, call.outcome) == ("openai", "test-model", "answer")
    assert (call.conversation_id, call.contact_id, call.purpose) == (7, 3, "desk")
    assert call.cost == (call.prompt_tokens * Decimal(1) + call.completion_tokens * Decimal(4)) / 1_000_000
    assert not call.estimated


def test_tokens_are_guessed_when_the_provider_does_not_count(openai_desk, ask_desk):
    openai_desk.script(Behaviour(text=ANSWER, usage=False))

    ask_desk("Привет")

    call = LLMCall.objects.get()
    assert call.estimated
    assert call.completion_tokens > 0


def test_a_failed_call_is_written_down_with_its_error(openai_desk, ask_desk):
    openai_desk.script(Behaviour(fault="status", status=401))

    ask_desk("Как вырастить кактус?")

    call = LLMCall.objects.get()
    assert call.outcome == "failed"
    assert call.error.startswith("auth")


def test_the_longest_matching_name_sets_the_price(settings):
    settings.LLM_PRICES = {"gpt-4o": [100, 100], "gpt-4o-mini": [1, 2]}

    assert price_of("gpt-4o-mini-2024-07-18", Usage(1_000_000, 1_000_000)) == 3
    assert price_of("llama3", Usage(1_000_000, 1_000_000)) == 0


@pytest.mark.parametrize(
    ("setting", "cap", "name"),
    [
        ("LLM_CONVERSATION_TOKENS", 1000, "conversation"),
        ("LLM_VISITOR_DAY_TOKENS", 1000, "visitor"),
        ("LLM_SITE_DAY_TOKENS", 1000, "site"),
        ("LLM_SITE_DAY_COST", Decimal("0.5"), "site"),
    ],
)
def test_each_cap_stops_the_calls(openai_desk, ask_desk, settings, setting, cap, name):
    setattr(settings, setting, cap)
    spend(1000, cost="0.5")

    reply, _ = ask_desk("Как вырастить кактус?", **IDS)

    assert (reply.kind, reply.reason) == ("handoff", "budget")
    assert name in reply.detail
    assert not openai_desk.requests


def test_a_spent_cap_leaves_the_knowledge_base(openai_desk, ask_desk, settings, article):
    settings.LLM_CONVERSATION_TOKENS = 1000
    spend(1000)

    reply, _ = ask_desk("сколько стоит доставка по Москве", **IDS)

    assert reply.kind == "answer"
    assert article.answer in reply.text


def test_a_spent_cap_is_said_where_no_human_can_be_called(openai_desk, ask_desk, settings):
    settings.LLM_SITE_DAY_TOKENS = 1000
    spend(1000)

    reply, _ = ask_desk("Привет", purpose="character", can_hand_over=False, instructions="Ты Марио.")

    assert reply.kind == "answer"
    assert "лимит" in reply.text


def test_another_conversation_is_not_stopped(db, settings):
    settings.LLM_CONVERSATION_TOKENS = 1000
    spend(1000)

    assert spent_cap(conversation_id=8, contact_id=4) is None


def test_the_counter_goes_up_with_each_answer(openai_desk, ask_desk, settings):
    settings.LLM_CONVERSATION_TOKENS = 10
    openai_desk.default = Behaviour(text=ANSWER)

    kinds = [ask_desk("Привет", **IDS)[0].reason for _ in range(2)]

    assert kinds == ["", "budget"]


def test_lost_counters_are_rebuilt_from_the_log(db, settings):
    settings.LLM_CONVERSATION_TOKENS = 1000
    spend(1000)
    spent_cap(**IDS)
    get_redis().flushdb()

    assert spent_cap(**IDS) == "conversation"


def test_without_redis_the_log_is_summed(db, settings):
    settings.LLM_CONVERSATION_TOKENS = 1000
    settings.REDIS_URL = "redis://127.0.0.1:9/0"
    spend(1000)

    assert spent_cap(**IDS) == "conversation"


def test_zero_is_no_cap(db, settings):
    settings.LLM_CONVERSATION_TOKENS = settings.LLM_VISITOR_DAY_TOKENS = settings.LLM_SITE_DAY_TOKENS = 0
    settings.LLM_SITE_DAY_COST = Decimal(0)
    spend(10**9, cost="9999")

    assert spent_cap(**IDS) is None
