"""Three lines for the operator."""

import time

from llm.budget import spent_cap
from llm.models import LLMCall
from llm.reply import Turn, summarise
from llm.testing.behaviour import Behaviour

TURNS = [
    Turn("visitor", "Здравствуйте!"),
    Turn("bot", "Здравствуйте! Чем помочь?"),
    Turn("visitor", "Заказал чайник неделю назад, номер 4521, а его всё нет."),
    Turn("bot", "Посмотрите в личном кабинете."),
    Turn("visitor", "Там ничего не написано"),
    Turn("visitor", "Позовите человека"),
]


def test_the_llm_writes_it(openai_desk, db):
    openai_desk.script(
        Behaviour(text="1. Хочет узнать о заказе 4521.\n2. Кабинет не помог.\n3. Просит человека.\n4. Ещё")
    )

    summary = summarise(TURNS, "ru")

    assert summary == "Хочет узнать о заказе 4521.\nКабинет не помог.\nПросит человека."


def test_a_slow_llm_does_not_delay_it(openai_desk, db, settings):
    settings.LLM_SUMMARY_SECONDS = 0.5
    openai_desk.default = Behaviour(fault="hang")
    started = time.monotonic()

    summary = summarise(TURNS, "ru")

    assert time.monotonic() - started < 1.5
    assert "номер 4521" in summary


def test_without_an_llm_the_visitor_is_quoted(db):
    assert summarise(TURNS, "ru").splitlines() == [
        "Спросили: Заказал чайник неделю назад, номер 4521, а его всё нет.",
        "Потом: Там ничего не написано",
        "Последнее: Позовите человека",
    ]


def test_nothing_said_is_nothing_to_summarise(db):
    assert summarise([Turn("bot", "Здравствуйте!")], "ru") == ""


def test_long_words_are_cut(db):
    assert all(len(line) < 190 for line in summarise([Turn("visitor", "а" * 5000)], "en").splitlines())


def test_its_cost_is_the_conversations_and_counts_against_its_cap(openai_desk, db, settings):
    settings.LLM_CONVERSATION_TOKENS = 1
    openai_desk.script(Behaviour(text="Ищет заказ.\nНе нашёл.\nПросит человека."))

    summarise(TURNS, "ru", conversation_id=7, contact_id=3)

    call = LLMCall.objects.get()
    assert (call.purpose, call.conversation_id, call.contact_id) == ("summary", 7, 3)
    assert spent_cap(conversation_id=7, contact_id=3) == "conversation"


def test_a_spent_cap_leaves_the_visitors_words(openai_desk, db, settings):
    settings.LLM_CONVERSATION_TOKENS = 1000
    LLMCall.objects.create(
        provider="openai", purpose="desk", conversation_id=7, prompt_tokens=1000, outcome="answer"
    )

    summary = summarise(TURNS, "ru", conversation_id=7, contact_id=3)

    assert "номер 4521" in summary
    assert not openai_desk.requests
