"""compose_reply: answers, handoffs and the brake, through a real HTTP server."""

import pytest
from django.db import connection

from llm.models import LLMCall
from llm.reply import LLMUnavailable, ReplyRequest, Turn, compose_reply
from llm.testing.behaviour import Behaviour
from tests.llm.conftest import ANSWER, RETRACTED

CANNOT = "Я бот и не могу посмотреть ваш заказ, обратитесь к оператору."


def test_it_answers_and_streams_the_same_words(openai_desk, ask_desk):
    openai_desk.script(Behaviour(text=ANSWER, pause=0.01))

    reply, seen = ask_desk("Сколько стоит курьер?")

    assert (reply.kind, reply.text) == ("answer", ANSWER)
    assert "".join(seen) == ANSWER
    assert len(seen) > 1


def test_nothing_is_shown_before_the_first_sentence_has_been_judged(openai_desk, ask_desk):
    openai_desk.script(Behaviour(text=ANSWER, pause=0.06, chunk=5))

    _, seen = ask_desk("Сколько стоит курьер?")

    assert len(seen[0]) >= 80


def test_a_draft_that_admits_defeat_is_never_shown(openai_desk, ask_desk):
    openai_desk.script(Behaviour(text=CANNOT))

    reply, seen = ask_desk("Где мой заказ?")

    assert (reply.kind, reply.reason, reply.text) == ("handoff", "draft", CANNOT)
    assert seen == []


def test_a_later_sentence_that_admits_defeat_takes_the_answer_back(openai_desk, ask_desk):
    openai_desk.script(Behaviour(text=f"{ANSWER} {CANNOT}", pause=0.01))

    reply, seen = ask_desk("Где мой заказ?")

    assert (reply.kind, reply.reason) == ("handoff", "draft")
    assert len(seen) > 1
    assert seen[-1] == RETRACTED


def test_the_tool_call_hands_over_with_its_reason(openai_desk, ask_desk):
    openai_desk.script(Behaviour(tool="нужен доступ к заказу"))

    reply, seen = ask_desk("Где мой заказ?")

    assert (reply.kind, reply.reason, reply.detail) == ("handoff", "model", "нужен доступ к заказу")
    assert seen == []


def test_words_before_a_tool_call_are_taken_back(openai_desk, ask_desk):
    openai_desk.script(Behaviour(text=ANSWER, tool="нужен человек", pause=0.01))

    reply, seen = ask_desk("Где мой заказ?")

    assert reply.kind == "handoff"
    assert seen[-1] == RETRACTED


def test_the_articles_go_into_the_prompt_with_their_links(openai_desk, ask_desk, article):
    openai_desk.script(
        Behaviour(text="Курьер по Москве стоит 350 рублей.\nПодробнее: https://shop.example/delivery")
    )

    reply, _ = ask_desk("почём курьер по москве")

    prompt = openai_desk.requests[-1]["body"]["messages"][0]["content"]
    assert article.answer in prompt
    assert article.link in prompt
    assert reply.sources == [{"id": article.pk, "title": article.question, "url": article.link}]


def test_an_answer_that_forgot_its_source_gets_it(openai_desk, ask_desk, article):
    openai_desk.script(Behaviour(text="Курьер по Москве стоит 350 рублей."))

    reply, seen = ask_desk("сколько стоит доставка по Москве")

    assert reply.text.endswith("Подробнее: https://shop.example/delivery")
    assert "".join(seen) == reply.text


@pytest.mark.parametrize(
    "fault",
    [
        Behaviour(fault="refuse"),
        Behaviour(fault="status", status=500),
        Behaviour(fault="status", status=429, headers={"retry-after": "0.1"}),
        Behaviour(fault="cut", text=ANSWER),
        Behaviour(fault="half", text=ANSWER),
        Behaviour(fault="nonsense"),
        Behaviour(fault="html"),
        Behaviour(fault="empty"),
        Behaviour(fault="error"),
        Behaviour(fault="hang"),
    ],
    ids=lambda behaviour: f"{behaviour.fault}{behaviour.status if behaviour.fault == 'status' else ''}",
)
def test_one_failure_is_healed_by_one_retry(openai_desk, ask_desk, settings, fault):
    settings.LLM_STALL_SECONDS = 0.5
    openai_desk.script(fault, Behaviour(text=ANSWER))

    reply, seen = ask_desk("Сколько стоит курьер?")

    assert (reply.kind, reply.text) == ("answer", ANSWER)
    assert len(openai_desk.requests) == 2
    shown = "".join(seen).split(RETRACTED)
    assert shown[-1] == ANSWER


@pytest.mark.parametrize(
    ("fault", "tries", "detail"),
    [
        (Behaviour(fault="status", status=500), 2, "server"),
        (Behaviour(fault="refuse"), 2, "connection"),
        (Behaviour(fault="cut", text=ANSWER), 2, "connection"),
        (Behaviour(fault="nonsense"), 2, "nonsense"),
        (Behaviour(fault="empty"), 2, "empty"),
        (Behaviour(fault="hang"), 2, "timeout"),
        (Behaviour(fault="status", status=401), 1, "auth"),
        (Behaviour(fault="status", status=429, headers={"retry-after": "60"}), 1, "rate_limit"),
        (Behaviour(fault="filter", text="Нет"), 1, "content_filter"),
    ],
    ids=lambda value: value.fault if isinstance(value, Behaviour) else str(value),
)
def test_a_lasting_failure_hands_over_with_the_reason(openai_desk, ask_desk, settings, fault, tries, detail):
    settings.LLM_STALL_SECONDS = 0.3
    openai_desk.script(fault, fault)

    reply, seen = ask_desk("Как вырастить кактус?")

    assert (reply.kind, reply.reason) == ("handoff", "llm_failed")
    assert reply.detail.startswith(detail)
    assert len(openai_desk.requests) == tries
    assert not seen or seen[-1] == RETRACTED


def test_a_lasting_failure_is_answered_from_the_knowledge_base_when_it_is_sure(
    openai_desk, ask_desk, article
):
    openai_desk.script(Behaviour(fault="status", status=401))

    reply, _ = ask_desk("сколько стоит доставка по Москве")

    assert reply.kind == "answer"
    assert article.answer in reply.text
    assert reply.offer
    assert reply.reason == "llm_failed"


def test_nothing_listens_at_the_address(openai_desk, ask_desk, settings):
    settings.OPENAI_BASE_URL = "http://127.0.0.1:9/v1"

    reply, _ = ask_desk("Как вырастить кактус?")

    assert (reply.kind, reply.reason) == ("handoff", "llm_failed")


def test_a_character_without_llm_is_unavailable(openai_desk, ask_desk):
    openai_desk.script(Behaviour(fault="status", status=401))

    with pytest.raises(LLMUnavailable):
        ask_desk("Привет", purpose="character", can_hand_over=False, instructions="Ты Марио.")


def test_a_character_may_say_that_it_cannot(openai_desk, ask_desk):
    openai_desk.script(Behaviour(text=CANNOT))

    reply, _ = ask_desk("Где заказ?", purpose="character", can_hand_over=False, instructions="Ты Марио.")

    assert (reply.kind, reply.text) == ("answer", CANNOT)
    assert "tools" not in openai_desk.requests[-1]["body"]


def test_a_truncated_answer_ends_with_a_whole_sentence(openai_desk, ask_desk):
    openai_desk.script(Behaviour(fault="length", text=f"{ANSWER} А ещё можно"))

    reply, _ = ask_desk("Сколько стоит курьер?")

    assert reply.text == ANSWER


def test_thoughts_of_the_model_are_not_shown(openai_desk, ask_desk):
    openai_desk.script(
        Behaviour(text=f"<think>Посетитель хочет знать цену.</think>\n\n{ANSWER}", pause=0.005)
    )

    reply, seen = ask_desk("Сколько стоит курьер?")

    assert reply.text == ANSWER
    assert "".join(seen) == ANSWER


def test_a_caller_that_has_had_enough_stops_the_answer(openai_desk, ask_desk, db):
    class Taken(Exception):
        pass

    def stop(text: str) -> None:
        raise Taken

    openai_desk.script(Behaviour(text=ANSWER * 5, pause=0.01))
    request = ReplyRequest(
        turns=[Turn("visitor", "Привет")], language="ru", purpose="desk", can_hand_over=True
    )
    with pytest.raises(Taken):
        compose_reply(request, on_delta=stop)

    assert LLMCall.objects.get().outcome == LLMCall.Outcome.STOPPED


def test_without_tools_the_rules_ask_for_plain_words_and_the_brake_hears_them(
    openai_desk, ask_desk, settings
):
    settings.OPENAI_CAPABILITIES = ["streaming"]
    openai_desk.script(Behaviour(text="Я бот и не могу с этим помочь.", usage=False))

    reply, _ = ask_desk("Где мой заказ?")

    assert (reply.kind, reply.reason) == ("handoff", "draft")
    assert "request_human" not in openai_desk.requests[-1]["body"]["messages"][0]["content"]


def test_yandex_answers_the_desk(yandex_desk, ask_desk):
    yandex_desk.script(Behaviour(text=ANSWER, pause=0.01))

    reply, seen = ask_desk("Сколько стоит курьер?")

    assert reply.text == "".join(seen) == ANSWER
    assert reply.provider == "yandexgpt"


def test_yandex_hands_over_by_its_tool(yandex_desk, ask_desk):
    yandex_desk.script(Behaviour(tool="нужен человек"))

    reply, _ = ask_desk("Где мой заказ?")

    assert (reply.kind, reply.reason) == ("handoff", "model")


def test_no_database_connection_is_held_while_the_model_speaks(openai_desk, transactional_db):
    held: list[bool] = []
    openai_desk.script(Behaviour(fault="status", status=500), Behaviour(text=ANSWER, pause=0.01))
    request = ReplyRequest(
        turns=[Turn("visitor", "Привет")], language="ru", purpose="desk", can_hand_over=True
    )

    compose_reply(request, on_delta=lambda text: held.append(connection.connection is not None))

    assert held
    assert not any(held)
