"""Who is typing is shown to the other end."""

import pytest

from chats import conversations, typing
from chats.api.tokens import hash_token, make_contact
from chats.channels import Channel
from chats.inbox import receive_message
from chats.redis import get_redis

pytestmark = pytest.mark.django_db
TOKEN_HASH = hash_token("a-visitor-of-the-site")


class Screen(Channel):
    """A channel that notes at whose screen it shows that somebody types."""

    def __init__(self):
        self.shown = []

    def on_typing(self, address):
        self.shown.append(address)


@pytest.fixture
def screen(monkeypatch):
    screen = Screen()
    monkeypatch.setattr(typing, "get_channel", lambda name: screen)
    return screen


@pytest.fixture
def waiting():
    contact = make_contact(TOKEN_HASH)
    receive_message(contact=contact, text="Позовите человека")
    return conversations.call_human(contact=contact)


@pytest.fixture
def held(waiting):
    return conversations.claim(conversation_id=waiting.pk, channel="operator", address="42", name="Анна")


def test_the_visitors_typing_is_shown_to_the_operator(held, screen):
    typing.show_visitor_typing(token_hash=TOKEN_HASH)
    assert screen.shown == ["42"]


def test_the_operators_typing_is_shown_to_the_visitor(held, screen):
    typing.show_operator_typing(conversation_id=held.pk)
    assert screen.shown == [TOKEN_HASH]


def test_it_is_not_shown_again_at_once(held, screen):
    typing.show_visitor_typing(token_hash=TOKEN_HASH)
    typing.show_visitor_typing(token_hash=TOKEN_HASH)
    assert screen.shown == ["42"]


def test_nobody_is_shown_it_while_the_visitor_waits(waiting, screen):
    typing.show_visitor_typing(token_hash=TOKEN_HASH)
    assert screen.shown == []


def test_no_task_is_sent_while_the_bot_answers(monkeypatch):
    sent = []
    monkeypatch.setattr(typing.hints, "hint", lambda *args: sent.append(args))
    get_redis().hset(f"poll:{{{TOKEN_HASH}}}", mapping={"seq": 1, "state": '{"state": "bot"}'})
    typing.visitor_is_typing(token_hash=TOKEN_HASH)
    assert sent == []


def test_a_task_is_sent_while_an_operator_answers(monkeypatch):
    sent = []
    monkeypatch.setattr(typing.hints, "hint", lambda *args: sent.append(args))
    get_redis().hset(f"poll:{{{TOKEN_HASH}}}", mapping={"seq": 1, "state": '{"state": "operator"}'})
    typing.visitor_is_typing(token_hash=TOKEN_HASH)
    assert sent == [("chats.show_visitor_typing", TOKEN_HASH)]


def test_the_tasks_exist():
    from config.celery import app

    app.loader.import_default_modules()
    assert {"chats.show_visitor_typing", "chats.show_operator_typing"} <= set(app.tasks)
