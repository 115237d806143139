"""/api/v1/gpt and /api/v1/message: the older contract."""

import pytest
from django.test import Client

from chats import conversations, inbox
from chats.answering import answer_conversation
from tests.chats.conftest import ANNA

pytestmark = pytest.mark.django_db


def send(client: Client, headers: dict, text: str = "Сколько стоит доставка?"):
    return client.post("/api/v1/gpt", {"message": text}, content_type="application/json", headers=headers)


def take(client: Client, headers: dict) -> list[dict]:
    return client.get("/api/v1/message", headers=headers).json()["messages"]


def test_a_message_is_accepted(client, headers):
    answer = send(client, headers)
    assert (answer.status_code, answer.json()) == (201, {"message": "Успех"})


@pytest.mark.parametrize("text", ["", "   ", "\n\t"])
def test_an_empty_one_is_refused(client, headers, text):
    assert send(client, headers, text).status_code == 400


def test_the_answer_is_handed_out_once(client, headers, visitor, scripted_llm):
    send(client, headers)
    answer_conversation(conversation_id=visitor.conversations.get().pk)
    (message,) = take(client, headers)
    assert (message["message"], message["user"]) == ("Здравствуйте! Чем помочь?", "GPT")
    assert take(client, headers) == []


def test_notices_and_operators_come_as_operator(client, headers, visitor):
    send(client, headers)
    conversation = conversations.call_human(contact=visitor)
    conversations.claim(conversation_id=conversation.pk, name="Анна", **ANNA)
    inbox.receive_operator_message(conversation_id=conversation.pk, text="Здравствуйте!", **ANNA)
    messages = take(client, headers)
    assert [message["user"] for message in messages] == ["OPERATOR"] * 3
    assert messages[-1]["message"] == "Здравствуйте!"


def test_what_the_visitor_wrote_is_not_handed_out(client, headers):
    send(client, headers)
    assert take(client, headers) == []


def test_somebody_unknown_gets_nothing(client, headers):
    assert take(client, headers) == []


@pytest.mark.parametrize("path", ["/api/v1/gpt", "/api/v1/gpt/"])
def test_with_and_without_a_slash(client, headers, path):
    answer = client.post(path, {"message": "раз"}, content_type="application/json", headers=headers)
    assert answer.status_code == 201


class TestAtOnce:
    pytestmark = pytest.mark.django_db(transaction=True)

    def test_each_message_is_handed_out_exactly_once(self, headers, visitor, with_operator, background):
        def ask() -> list[str]:
            client = Client()
            return [message["message"] for _ in range(12) for message in take(client, headers)]

        def write(name: str):
            words = {"conversation_id": with_operator.pk, **ANNA}
            return lambda: [
                inbox.receive_operator_message(text=f"{name} {number}", **words) and None
                for number in range(10)
            ]

        take(Client(), headers)
        outcomes = background.at_once(ask, ask, ask, ask, write("раз"), write("два"))
        handed_out = [text for outcome in outcomes[:4] for text in outcome]
        handed_out += [message["message"] for message in take(Client(), headers)]
        assert sorted(handed_out) == sorted(
            f"{name} {number}" for name in ("раз", "два") for number in range(10)
        )
