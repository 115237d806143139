"""The circuit breaker, on a real Redis and without one."""

import pytest

from llm.breaker import Breaker
from llm.memory import get_redis
from llm.testing.behaviour import Behaviour
from tests.llm.conftest import ANSWER


@pytest.fixture
def breaker(settings):
    settings.LLM_BREAKER_FAILURES, settings.LLM_BREAKER_SECONDS = 3, 30
    return Breaker("test")


def fail(breaker, times: int) -> None:
    for _ in range(times):
        breaker.failed("server: 500")


def test_it_stays_closed_below_the_limit(breaker):
    fail(breaker, 2)

    assert breaker.allows()
    assert breaker.state().name == "closed"


def test_it_opens_at_the_limit(breaker):
    fail(breaker, 3)

    assert not breaker.allows()
    state = breaker.state()
    assert (state.name, state.last_error) == ("open", "server: 500")
    assert 0 < state.seconds_left <= 30


def test_another_process_sees_it_open(breaker):
    fail(breaker, 3)

    assert not Breaker("test").allows()


def test_after_the_pause_one_call_may_try(breaker):
    fail(breaker, 3)
    get_redis().delete("llm:breaker:test:open")  # the pause is over

    assert [breaker.allows(), breaker.allows()] == [True, False]
    assert breaker.state().name == "half-open"


def test_a_failed_trial_opens_it_again(breaker):
    fail(breaker, 3)
    get_redis().delete("llm:breaker:test:open")

    breaker.allows()
    breaker.failed("server: 500")

    assert breaker.state().name == "open"


def test_a_good_trial_closes_it(breaker):
    fail(breaker, 3)
    get_redis().delete("llm:breaker:test:open")

    breaker.allows()
    breaker.succeeded()

    assert breaker.allows()
    assert breaker.state().name == "closed"


def test_a_wrong_key_opens_it_at_once(breaker):
    breaker.failed("auth: 401", at_once=True)

    assert not breaker.allows()


def test_without_redis_each_process_remembers_for_itself(breaker, settings):
    settings.REDIS_URL = "redis://127.0.0.1:9/0"

    assert breaker.allows()
    fail(breaker, 3)
    assert not breaker.allows()
    breaker.succeeded()
    assert breaker.allows()


def test_a_dead_provider_costs_the_next_visitors_nothing(openai_desk, ask_desk, settings):
    settings.LLM_BREAKER_FAILURES = 2
    openai_desk.default = Behaviour(fault="status", status=500)

    ask_desk("Как вырастить кактус?")
    reply, _ = ask_desk("Как вырастить кактус?")

    assert (reply.kind, reply.reason) == ("handoff", "llm_failed")
    assert len(openai_desk.requests) == 2


def test_a_question_that_the_filter_stops_does_not_count_against_the_provider(
    openai_desk, ask_desk, settings
):
    settings.LLM_BREAKER_FAILURES = 1
    openai_desk.script(Behaviour(fault="filter", text="Нет"), Behaviour(text=ANSWER))

    ask_desk("Как вырастить кактус?")
    reply, _ = ask_desk("Привет")

    assert reply.kind == "answer"
