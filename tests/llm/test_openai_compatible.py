"""The provider against a real HTTP server that answers and fails on command."""

import time

import pytest

from llm.prompts import HANDOFF_TOOL
from llm.providers.base import Finished, ProviderError, TextDelta, ToolCall
from llm.providers.openai_compatible import OpenAICompatibleProvider
from llm.testing.behaviour import Behaviour

ABLE = frozenset({"tools", "usage", "streaming"})
QUESTION = [{"role": "user", "content": "Где мой заказ?"}]


def provider_at(fake, able=ABLE) -> OpenAICompatibleProvider:
    return OpenAICompatibleProvider(key="k", base_url=fake.openai_url, model="test-model", able=able)


def events(provider, *, seconds=5.0, tools=()):
    return list(provider.stream(messages=QUESTION, tools=list(tools), deadline=time.monotonic() + seconds))


def text_of(answer) -> str:
    return "".join(event.text for event in answer if isinstance(event, TextDelta))


@pytest.mark.parametrize("able", [ABLE, ABLE - {"streaming"}])
def test_it_gives_the_text_and_the_usage(fake, able):
    fake.script(Behaviour(text="Заказ уже в пути, приедет завтра."))

    answer = events(provider_at(fake, able))

    assert text_of(answer) == "Заказ уже в пути, приедет завтра."
    assert isinstance(answer[-1], Finished)
    assert answer[-1].usage.completion_tokens > 0
    assert answer[-1].model == "test-model"


@pytest.mark.parametrize("able", [ABLE, ABLE - {"streaming"}])
def test_it_gives_a_tool_call_with_its_arguments(fake, able):
    fake.script(Behaviour(tool="нужен доступ к заказу"))

    answer = events(provider_at(fake, able), tools=[HANDOFF_TOOL])

    assert ToolCall("request_human", {"reason": "нужен доступ к заказу"}) in answer


def test_it_streams_the_first_piece_before_the_last_is_written(fake):
    fake.script(Behaviour(text="а" * 120, pause=0.05))

    stream = provider_at(fake).stream(messages=QUESTION, tools=[], deadline=time.monotonic() + 5)
    started = time.monotonic()
    next(stream)

    assert time.monotonic() - started < 0.3
    stream.close()


@pytest.mark.parametrize(
    ("behaviour", "kind", "permanent"),
    [
        (Behaviour(fault="refuse"), "connection", False),
        (Behaviour(fault="cut", text="половина ответа и ещё немного"), "connection", False),
        (Behaviour(fault="nonsense"), "nonsense", False),
        (Behaviour(fault="filter", text="нет"), "content_filter", True),
        (Behaviour(fault="error"), "server", False),
        (Behaviour(fault="status", status=401), "auth", True),
        (Behaviour(fault="status", status=403), "auth", True),
        (Behaviour(fault="status", status=404), "request", True),
        (Behaviour(fault="status", status=429), "rate_limit", False),
        (
            Behaviour(fault="status", status=429, body='{"error": {"code": "insufficient_quota"}}'),
            "quota",
            True,
        ),
        (
            Behaviour(fault="status", status=400, body='{"error": {"code": "context_length_exceeded"}}'),
            "too_long",
            True,
        ),
        (Behaviour(fault="status", status=500), "server", False),
        (Behaviour(fault="status", status=503, body="<html>bad gateway</html>"), "server", False),
    ],
)
def test_it_names_each_failure(fake, behaviour, kind, permanent):
    fake.script(behaviour)

    with pytest.raises(ProviderError) as raised:
        events(provider_at(fake))

    assert (raised.value.kind, raised.value.permanent) == (kind, permanent)


def test_it_never_retries_by_itself(fake):
    fake.script(Behaviour(fault="status", status=500), Behaviour(text="второй ответ"))

    with pytest.raises(ProviderError):
        events(provider_at(fake))

    assert len(fake.requests) == 1


def test_it_reads_retry_after(fake):
    fake.script(Behaviour(fault="status", status=429, headers={"retry-after": "7"}))

    with pytest.raises(ProviderError) as raised:
        events(provider_at(fake))

    assert raised.value.retry_after == 7


@pytest.mark.parametrize(("fault", "able"), [("hang", ABLE), ("drip", ABLE), ("hang", ABLE - {"streaming"})])
def test_it_keeps_its_deadline(fake, fault, able, settings):
    settings.LLM_STALL_SECONDS = 30
    fake.script(Behaviour(fault=fault, text="долго"))
    started = time.monotonic()

    with pytest.raises(ProviderError) as raised:
        events(provider_at(fake, able), seconds=0.5)

    assert raised.value.kind == "timeout"
    assert time.monotonic() - started < 1.5


def test_it_gives_up_on_silence_before_the_deadline(fake, settings):
    settings.LLM_STALL_SECONDS = 0.3
    fake.script(Behaviour(fault="hang"))
    started = time.monotonic()

    with pytest.raises(ProviderError) as raised:
        events(provider_at(fake), seconds=30)

    assert raised.value.kind == "timeout"
    assert time.monotonic() - started < 2


def test_nothing_listens_there(fake):
    provider = OpenAICompatibleProvider(key="", base_url="http://127.0.0.1:9/v1", model="m", able=ABLE)

    with pytest.raises(ProviderError) as raised:
        events(provider)

    assert raised.value.kind == "connection"


@pytest.mark.parametrize("fault", ["half", "html"])
def test_a_stream_without_an_end_has_no_finished_event(fake, fault):
    fake.script(Behaviour(fault=fault, text="половина ответа и ещё немного"))

    assert not any(isinstance(event, Finished) for event in events(provider_at(fake)))


def test_it_learns_that_a_server_has_no_tools(fake):
    refusal = '{"error": {"message": "registry.ollama.ai/library/gemma does not support tools"}}'
    fake.script(Behaviour(fault="status", status=400, body=refusal), Behaviour(text="Отвечаю без функций."))
    provider = provider_at(fake)

    answer = events(provider, tools=[HANDOFF_TOOL])

    assert text_of(answer) == "Отвечаю без функций."
    assert not provider.capabilities.tools
    assert "tools" not in fake.requests[-1]["body"]


def test_it_learns_that_a_server_does_not_count_usage(fake):
    refusal = '{"error": {"message": "Unrecognized request argument: stream_options"}}'
    fake.script(Behaviour(fault="status", status=400, body=refusal), Behaviour(text="Готово."))
    provider = provider_at(fake)

    assert text_of(events(provider)) == "Готово."
    assert not provider.capabilities.usage


def test_it_sends_no_key_of_ours_to_a_local_server_without_one(fake):
    fake.script(Behaviour(text="Готово."))

    events(OpenAICompatibleProvider(key="", base_url=fake.openai_url, model="m", able=ABLE))

    assert fake.requests[-1]["headers"]["authorization"] == "Bearer none"
