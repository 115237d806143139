"""Three lines for the operator."""

import time

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
