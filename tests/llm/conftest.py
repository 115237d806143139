"""A fake language model over real HTTP, and a provider pointed at it."""

import pytest

from llm.models import KnowledgeArticle
from llm.reply import ReplyRequest, Turn, compose_reply
from llm.testing.fake_llm import FakeLLM

RETRACTED = "(retracted)"
# Plainly an answer, whatever the detector of drafts has learnt since.
ANSWER = "Курьер по Москве стоит 350 рублей и приедет завтра с девяти утра до девяти вечера. Оплатить можно картой."


@pytest.fixture
def fake():
    """A fresh fake server."""
    with FakeLLM() as server:
        yield server


@pytest.fixture
def openai_desk(fake, settings):
    """The desk answers through OpenAI's API, spoken by the fake."""
    settings.LLM_PROVIDER = "openai"
    settings.OPENAI_API_KEY, settings.OPENAI_MODEL = "test-key", "test-model"
    settings.OPENAI_BASE_URL = fake.openai_url
    settings.OPENAI_CAPABILITIES = ["tools", "usage", "streaming"]
    settings.LLM_DEADLINE_SECONDS, settings.LLM_STALL_SECONDS = 5.0, 2.0
    return fake


@pytest.fixture
def yandex_desk(fake, settings):
    """The desk answers through Yandex's native API, spoken by the fake."""
    settings.LLM_PROVIDER = "yandexgpt"
    settings.YANDEX_API_KEY, settings.YANDEX_FOLDER_ID = "test-key", "folder"
    settings.YANDEX_BASE_URL, settings.YANDEX_MODEL = fake.yandex_url, "yandexgpt/latest"
    settings.LLM_DEADLINE_SECONDS, settings.LLM_STALL_SECONDS = 5.0, 2.0
    return fake


@pytest.fixture
def article(db):
    """What the shop knows: one article."""
    return KnowledgeArticle.objects.create(
        language="ru",
        question="Сколько стоит доставка по Москве?",
        answer="Курьер по Москве стоит 350 рублей.",
        link="https://shop.example/delivery",
    )


@pytest.fixture
def ask_desk(db):
    """Ask the desk something; returns the reply, and what the visitor saw of it meanwhile."""

    def ask(*said: str, **options):
        turns = [Turn("visitor" if n % 2 == 0 else "bot", text) for n, text in enumerate(said)]
        seen: list[str] = []
        request = {"language": "ru", "purpose": "desk", "can_hand_over": True} | options
        reply = compose_reply(
            ReplyRequest(turns=turns, **request),
            on_delta=seen.append,
            on_retract=lambda: seen.append(RETRACTED),
        )
        return reply, seen

    return ask
