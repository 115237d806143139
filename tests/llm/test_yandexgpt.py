"""The native API of Yandex against a real HTTP server that speaks it."""

import time

import pytest

from llm.prompts import HANDOFF_TOOL
from llm.providers.base import Capabilities, Finished, ProviderError, TextDelta, ToolCall, Usage
from llm.providers.yandexgpt import YandexGPTProvider
from llm.testing.behaviour import Behaviour

MESSAGES = [{"role": "system", "content": "Правила"}, {"role": "user", "content": "Где мой заказ?"}]


def provider_at(fake, **options) -> YandexGPTProvider:
    return YandexGPTProvider(
        key="k", folder="b1g", base_url=fake.yandex_url, model="yandexgpt/latest", **options
    )


def events(provider, *, seconds=5.0, tools=()):
    return list(provider.stream(messages=MESSAGES, tools=list(tools), deadline=time.monotonic() + seconds))


@pytest.mark.parametrize("streaming", [True, False])
def test_it_gives_the_text_once_though_lines_repeat_it(fake, streaming):
    fake.script(Behaviour(text="Заказ уже в пути, приедет завтра."))

    answer = events(provider_at(fake, capabilities=Capabilities(streaming=streaming)))

    assert "".join(e.text for e in answer if isinstance(e, TextDelta)) == "Заказ уже в пути, приедет завтра."


def test_it_reads_the_counts_that_come_as_strings(fake):
    fake.script(Behaviour(text="Заказ"))

    answer = events(provider_at(fake))

    assert isinstance(answer[-1], Finished)
    assert answer[-1].usage == Usage(prompt_tokens=5, completion_tokens=2)


def test_it_sends_what_the_api_wants(fake):
    events(provider_at(fake), tools=[HANDOFF_TOOL])

    request = fake.requests[-1]
    assert request["headers"]["authorization"] == "Api-Key k"
    assert request["body"]["modelUri"] == "gpt://b1g/yandexgpt/latest"
    assert isinstance(request["body"]["completionOptions"]["maxTokens"], str)
    assert request["body"]["messages"][0] == {"role": "system", "text": "Правила"}
    assert request["body"]["tools"][0]["function"]["name"] == "request_human"


def test_a_full_model_address_is_taken_as_it_is(fake):
    provider = YandexGPTProvider(key="k", folder="b1g", base_url=fake.yandex_url, model="ds://tuned")

    events(provider)

    assert fake.requests[-1]["body"]["modelUri"] == "ds://tuned"


def test_it_gives_a_tool_call(fake):
    fake.script(Behaviour(tool="нужен человек"))

    answer = events(provider_at(fake), tools=[HANDOFF_TOOL])

    assert ToolCall("request_human", {"reason": "нужен человек"}) in answer


def test_a_truncated_answer_says_so(fake):
    fake.script(Behaviour(fault="length", text="Заказ уже"))

    assert events(provider_at(fake))[-1].reason == "length"


@pytest.mark.parametrize(
    ("behaviour", "kind", "permanent"),
    [
        (Behaviour(fault="refuse"), "connection", False),
        (Behaviour(fault="cut", text="половина ответа и ещё немного"), "connection", False),
        (Behaviour(fault="nonsense"), "nonsense", False),
        (Behaviour(fault="html"), "nonsense", False),
        (Behaviour(fault="error"), "server", False),
        (Behaviour(fault="filter", text="нет"), "content_filter", True),
        (Behaviour(fault="status", status=401), "auth", True),
        (Behaviour(fault="status", status=429, headers={"retry-after": "2"}), "rate_limit", False),
        (Behaviour(fault="status", status=500), "server", False),
    ],
)
def test_it_names_each_failure(fake, behaviour, kind, permanent):
    fake.script(behaviour)

    with pytest.raises(ProviderError) as raised:
        events(provider_at(fake))

    assert (raised.value.kind, raised.value.permanent) == (kind, permanent)


@pytest.mark.parametrize("fault", ["hang", "drip"])
def test_it_keeps_its_deadline(fake, fault, settings):
    settings.LLM_STALL_SECONDS = 30
    fake.script(Behaviour(fault=fault, text="долго"))
    started = time.monotonic()

    with pytest.raises(ProviderError) as raised:
        events(provider_at(fake), seconds=0.5)

    assert raised.value.kind == "timeout"
    assert time.monotonic() - started < 1.5
