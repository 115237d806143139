"""Without Redis the desk is slower, not silent."""

import time
import uuid

import httpx
import pytest
import redis

import chats.redis
from chats import hints, live, sweeps, typing
from chats.answering import answer_conversation
from chats.models import Conversation, Message
from chats.redis import get_redis
from config.embedded.ports import free_port

pytestmark = pytest.mark.django_db(transaction=True)
URL = "/api/v1/chat/messages"


@pytest.fixture
def nowhere() -> str:
    """The address of a Redis that is not there."""
    return f"redis://127.0.0.1:{free_port()}/0"


@pytest.fixture
def no_redis(nowhere, monkeypatch):
    """This process has lost its Redis."""
    client = redis.Redis.from_url(nowhere, decode_responses=True, socket_connect_timeout=1, socket_timeout=2)
    for module in (chats.redis, hints, live, typing):
        monkeypatch.setattr(module, "get_redis", lambda: client)


@pytest.fixture
def server(start_process, nowhere):
    """A web server whose Redis is not there."""
    return start_process("web", REDIS_URL=nowhere)


def post(server, headers, text: str = "Здравствуйте!"):
    body = {"text": text, "client_id": str(uuid.uuid4())}
    return httpx.post(f"{server.url}{URL}", json=body, headers=headers, timeout=20)


def test_a_message_is_accepted_and_read(server, headers):
    assert post(server, headers).status_code == 201
    page = httpx.get(f"{server.url}{URL}", headers=headers, timeout=20).json()
    assert [message["seq"] for message in page["messages"]] == [1]


def test_nobody_waits_long_for_it(server, headers):
    post(server, headers)
    started = time.monotonic()
    post(server, headers, "ещё раз")
    assert time.monotonic() - started < 3


def test_every_other_endpoint_answers_too(server, headers):
    statuses = {
        httpx.request(method, f"{server.url}{path}", headers=headers, timeout=20, json=body).status_code
        for method, path, body in (
            ("POST", "/api/v1/chat/operator", None),
            ("DELETE", "/api/v1/chat/operator", None),
            ("POST", "/api/v1/chat/typing", None),
            ("GET", "/api/v1/chat/config", None),
            ("POST", "/api/v1/gpt", {"message": "раз"}),
            ("GET", "/api/v1/message", None),
        )
    }
    assert max(statuses) < 300


def test_the_bot_answers(no_redis, with_bot):
    Conversation.objects.update(next_attempt_at=None)
    answer_conversation(conversation_id=with_bot.pk)
    assert Message.objects.count() > 1


def test_the_sweep_still_finds_what_is_to_do(no_redis, with_bot, monkeypatch):
    monkeypatch.setattr(sweeps, "get_redis", chats.redis.get_redis)
    hinted = []
    monkeypatch.setattr(hints, "_send", lambda task, args, *, queue: hinted.append((task, args)))
    sweeps.sweep()
    assert hinted == [("chats.answer_conversation", [with_bot.pk])]


def test_after_a_restart_no_command_is_lost():
    commands = [get_redis().connection_pool.get_connection() for _ in range(3)]
    for connection in commands:
        get_redis().connection_pool.release(connection)
    get_redis().execute_command("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes")
    assert [get_redis().lpush("a-list-of-this-test", number) for number in range(5)] == [1, 2, 3, 4, 5]
