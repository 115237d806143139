"""The pages of the admin about the LLM."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from llm.breaker import breaker_of
from llm.models import Character, KnowledgeArticle, LLMCall
from llm.providers import get_provider
from llm.testing.behaviour import Behaviour


@pytest.fixture
def mario(db):
    return Character.objects.create(slug="mario", name="Марио", greeting="Привет!", instructions="Ты Марио.")


def upload(admin_client, text: str, name: str = "a.csv"):
    file = SimpleUploadedFile(name, text.encode())
    return admin_client.post(reverse("admin:llm_knowledgearticle_import_file"), {"file": file}, follow=True)


@pytest.mark.parametrize("model", ["knowledgearticle", "character", "llmcall"])
def test_the_lists_open(admin_client, article, mario, model):
    LLMCall.objects.create(provider="openai", purpose="desk", outcome="answer")

    assert admin_client.get(reverse(f"admin:llm_{model}_changelist")).status_code == 200


def test_an_article_is_saved(admin_client, db):
    fields = {"language": "ru", "question": "Где вы?", "answer": "На Покровке", "active": "on"}

    admin_client.post(reverse("admin:llm_knowledgearticle_add"), fields)

    assert KnowledgeArticle.objects.get().answer == "На Покровке"


def test_a_script_is_no_link(admin_client, db):
    fields = {"language": "ru", "question": "Где вы?", "answer": "Тут", "link": "javascript:alert(1)"}

    response = admin_client.post(reverse("admin:llm_knowledgearticle_add"), fields)

    assert response.status_code == 200
    assert not KnowledgeArticle.objects.exists()


def test_a_file_is_imported(admin_client, db):
    response = upload(admin_client, "question,answer\nГде вы?,На Покровке\n")

    assert "Добавлено: 1" in response.content.decode()


def test_bad_rows_are_listed_and_shown_as_text(admin_client, db):
    response = upload(admin_client, "question,answer,language\n,ответ,ru\nЯзык?,да,<b>xx</b>\n")

    page = response.content.decode()
    assert "question is empty" in page
    assert "<b>xx</b>" not in page


def test_a_file_that_cannot_be_read_says_why(admin_client, db):
    assert "missing" in upload(admin_client, "one,two\n1,2\n").content.decode()


def test_the_search_can_be_tried(admin_client, article):
    page = admin_client.get(
        reverse("admin:llm_knowledgearticle_try_search"), {"question": "сколько стоит доставка"}
    ).content.decode()

    assert article.question in page


def test_a_character_answers_and_nothing_is_saved(admin_client, mario, openai_desk):
    openai_desk.script(Behaviour(text="Мамма миа, привет!"))
    url = reverse("admin:llm_character_try_out", args=[mario.pk])

    page = admin_client.post(
        url, {"instructions": "Ты грустный Марио.", "text": "Привет", "turns": ""}
    ).content.decode()

    assert "Мамма миа, привет!" in page
    assert "Ты грустный Марио." in openai_desk.requests[-1]["body"]["messages"][0]["content"]
    mario.refresh_from_db()
    assert mario.instructions == "Ты Марио."


def test_a_failing_model_is_reported_on_the_page(admin_client, mario, openai_desk):
    openai_desk.script(Behaviour(fault="status", status=401))
    url = reverse("admin:llm_character_try_out", args=[mario.pk])

    page = admin_client.post(url, {"instructions": "x", "text": "Привет"}).content.decode()

    assert "Модель не ответила: auth" in page


def test_spending_is_shown_by_day(admin_client, db):
    LLMCall.objects.create(
        provider="openai", purpose="desk", outcome="answer", prompt_tokens=12_345, cost="0.5", latency_ms=1500
    )

    page = admin_client.get(reverse("admin:llm_llmcall_spending")).content.decode()

    assert "12 345" in page
    assert "0.5000" in page


def test_the_breaker_is_shown_and_closed_by_hand(admin_client, openai_desk):
    breaker_of(get_provider()).failed("auth: 401", at_once=True)
    url = reverse("admin:llm_llmcall_spending")

    assert "разомкнут" in admin_client.get(url).content.decode()
    admin_client.post(url)
    assert "замкнут: провайдер отвечает" in admin_client.get(url).content.decode()


def test_without_redis_the_page_still_opens(admin_client, settings, db):
    settings.REDIS_URL = "redis://127.0.0.1:9/0"

    assert "Redis недоступен" in admin_client.get(reverse("admin:llm_llmcall_spending")).content.decode()


def test_calls_are_history(admin_client, db):
    call = LLMCall.objects.create(provider="openai", purpose="desk", outcome="answer")

    assert admin_client.get(reverse("admin:llm_llmcall_add")).status_code == 403
    assert admin_client.post(reverse("admin:llm_llmcall_delete", args=[call.pk])).status_code == 403


@pytest.mark.parametrize("page", ["knowledgearticle_import_file", "llmcall_spending"])
def test_strangers_are_sent_away(client, db, page):
    assert client.get(reverse(f"admin:llm_{page}")).status_code == 302
