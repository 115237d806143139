import pytest

from chats import answering
from chats.models import ApiKey, Message
from llm.reply import LLMUnavailable, Reply

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def llm(monkeypatch):
    """What the model says: a text, or an exception; it remembers what it was asked."""

    class Model:
        says, asked = "Курьером — 300 ₽.", []

        def __call__(self, request, **_):
            self.asked.append(request)
            if isinstance(self.says, Exception):
                raise self.says
            return Reply(kind="answer", text=self.says)

    model = Model()
    monkeypatch.setattr(answering, "compose_reply", model)
    return model


def ask(client, prompt="Сколько стоит доставка?", **body):
    return client.post("/api/messages/create/", {"prompt_message": prompt, **body}, format="json")


def test_answers_in_the_same_request(client, llm):
    response = ask(client)
    assert response.status_code == 201
    body = response.json()
    assert body["prompt_message"] == "Сколько стоит доставка?"
    assert body["response"] == "Курьером — 300 ₽."
    assert {"id", "created_at", "conversation_id"} <= body.keys()


def test_lists_what_was_asked_newest_first_with_pages(client, llm):
    for number in range(3):
        ask(client, f"Вопрос {number}")
    body = client.get("/api/messages/?page_size=2").json()
    assert body["count"] == 3
    assert [row["prompt_message"] for row in body["results"]] == ["Вопрос 2", "Вопрос 1"]
    assert body["next"].endswith("page=2&page_size=2")
    assert body["previous"] is None
    oldest_first = client.get("/api/messages/?ordering=created_at").json()
    assert oldest_first["results"][0]["prompt_message"] == "Вопрос 0"


def test_filters_by_text_and_date(client, llm):
    first = ask(client, "Есть ли зелёный чай?").json()
    ask(client, "Где мой заказ?")
    found = client.get("/api/messages/", {"text": "чай"}).json()["results"]
    assert [row["id"] for row in found] == [first["id"]]
    assert client.get("/api/messages/", {"created_before": first["created_at"]}).json()["count"] == 0
    assert client.get("/api/messages/", {"created_after": "не дата"}).status_code == 400


def test_a_list_costs_the_same_number_of_queries_whatever_its_length(client, llm, django_assert_num_queries):
    for number in range(5):
        ask(client, f"Вопрос {number}")
    with django_assert_num_queries(3):
        client.get("/api/messages/")


def test_conversation_id_continues_a_dialogue(client, llm):
    first = ask(client, "Меня зовут Аня").json()
    second = ask(client, "Как меня зовут?", conversation_id=first["conversation_id"]).json()
    assert second["conversation_id"] == first["conversation_id"]
    assert [turn.text for turn in llm.asked[-1].turns] == ["Меня зовут Аня", llm.says, "Как меня зовут?"]
    ask(client, "Кто я?")
    assert [turn.text for turn in llm.asked[-1].turns] == ["Кто я?"]


def test_an_unknown_conversation_is_404_and_stores_nothing(client, llm):
    response = ask(client, conversation_id="0b6f4d5e-6a53-4c8e-9b1e-0f7b7a1b2c3d")
    assert response.status_code == 404
    assert not Message.objects.exists()


def test_a_failed_model_is_502_and_the_message_stays_with_a_null_response(client, llm):
    llm.says = LLMUnavailable("down")
    response = ask(client)
    assert response.status_code == 502
    assert response.json()["errors"][0]["code"] == "llm_failed"
    assert client.get("/api/messages/").json()["results"][0]["response"] is None


def test_after_a_failure_the_dialogue_goes_on(client, llm):
    llm.says = LLMUnavailable("down")
    ask(client)
    dialogue = client.get("/api/messages/").json()["results"][0]["conversation_id"]
    llm.says = "Снова здесь."
    assert ask(client, "А теперь?", conversation_id=dialogue).json()["response"] == "Снова здесь."


def test_somebody_who_wants_a_person_is_told_honestly_that_there_is_none(client, llm):
    assert "нет операторов" in ask(client, "Позовите оператора").json()["response"]
    assert not llm.asked


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({}, 400),
        ({"prompt_message": ""}, 400),
        ({"prompt_message": " \n "}, 400),
        ({"prompt_message": None}, 400),
        ({"prompt_message": ["a"]}, 400),
        ({"prompt_message": "a", "conversation_id": "x"}, 400),
        ({"prompt_message": "a" * 4001}, 413),
        ({"prompt_message": "a" * 100_000}, 413),
        ([], 400),
    ],
)
def test_bad_input_is_refused_clearly(client, llm, body, status):
    response = client.post("/api/messages/create/", body, format="json")
    assert response.status_code == status
    assert response.json()["errors"]
    assert not llm.asked


def test_a_key_is_needed_where_the_settings_say_so(client, llm, settings):
    settings.API_ANONYMOUS = False
    assert ask(client).status_code == 401
    assert client.get("/api/messages/").status_code == 401
    _, secret = ApiKey.objects.create_key(name="shop")
    client.credentials(HTTP_AUTHORIZATION=f"Api-Key {secret}")
    assert ask(client).status_code == 201


def test_a_wrong_or_revoked_key_is_refused_even_where_none_is_needed(client, llm):
    client.credentials(HTTP_AUTHORIZATION="Api-Key nonsense.nonsense")
    assert ask(client).status_code == 401
    key, secret = ApiKey.objects.create_key(name="old")
    key.revoked = True
    key.save(update_fields=["revoked"])
    client.credentials(HTTP_AUTHORIZATION=f"Api-Key {secret}")
    assert ask(client).status_code == 401


def test_a_key_sees_only_its_own_messages(client, llm):
    mine = ask(client, "моё").json()
    _, secret = ApiKey.objects.create_key(name="other")
    client.credentials(HTTP_AUTHORIZATION=f"Api-Key {secret}")
    assert client.get("/api/messages/").json()["count"] == 0
    assert ask(client, "чужое", conversation_id=mine["conversation_id"]).status_code == 404


def test_works_without_trailing_slashes(client, llm):
    assert client.post("/api/messages/create", {"prompt_message": "a"}, format="json").status_code == 201
    assert client.get("/api/messages").status_code == 200


@pytest.mark.parametrize(
    ("moment", "status"),
    [
        ("2026-01-31T12:00:00-19:40", 200),
        ("0001-01-01T00:00:00+10:00", 400),
        ("9999-12-31T23:59:59-10:00", 400),
    ],
)
def test_a_moment_with_a_strange_offset(client, llm, moment, status):
    assert client.get("/api/messages", {"created_before": moment}).status_code == status


@pytest.mark.parametrize("size", ["0", "-1", "x", "1.5", "١"])
def test_a_page_of_a_strange_size_is_refused(client, llm, size):
    assert client.get("/api/messages", {"page_size": size}).json()["errors"][0]["attr"] == "page_size"
