"""PostgreSQL closes every connection in the middle of something: nothing is done twice, nothing is forgotten."""

import uuid

import httpx
import psycopg
import pytest
from django.db import InterfaceError, OperationalError, connection
from django.db.utils import DataError

from chats import answering, outages, outbox
from chats.models import Conversation, Delivery, Message
from chats.outages import is_outage, outlast
from tests.chats.channels import Recorder

pytestmark = pytest.mark.django_db(transaction=True)
URL = "/api/v1/chat/messages"


def end_all_connections() -> None:
    """As a restart of PostgreSQL does, seen from its clients."""
    connection.close()  # ours goes back to the pool and dies there
    kill_the_present_one()


def kill_the_present_one() -> None:
    """The same, with the connection that is in use."""
    settings = connection.get_connection_params()
    named = {name: settings[name] for name in ("dbname", "user", "password", "host", "port")}
    with psycopg.connect(**named, autocommit=True) as admin:
        admin.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )


def caused_by(error: psycopg.Error) -> OperationalError:
    failure = OperationalError(str(error))
    failure.__cause__ = error
    return failure


@pytest.mark.parametrize(
    "error",
    [
        OperationalError("server closed the connection unexpectedly"),
        InterfaceError("connection already closed"),
        caused_by(psycopg.errors.AdminShutdown("terminating connection")),
        caused_by(psycopg.errors.TooManyConnections("sorry")),
    ],
)
def test_what_speaks_of_the_server_is_an_outage(error):
    assert is_outage(error)


@pytest.mark.parametrize(
    "error",
    [DataError("too long"), caused_by(psycopg.errors.DeadlockDetected("deadlock")), ValueError("bug")],
)
def test_what_speaks_of_the_question_is_none(error):
    assert not is_outage(error)


def test_a_write_is_done_again_until_the_database_is_back(monkeypatch):
    monkeypatch.setattr(outages.time, "sleep", lambda seconds: None)
    outcomes = [OperationalError("gone"), OperationalError("still gone"), "written"]

    def write():
        outcome = outcomes.pop(0)
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    assert outlast(write) == "written"


def test_patience_has_an_end(monkeypatch):
    monkeypatch.setattr(outages, "PATIENCE", 0)

    def write():
        raise OperationalError("gone")

    with pytest.raises(OperationalError):
        outlast(write)


def test_a_sent_delivery_is_not_sent_again_when_the_database_dies_meanwhile(monkeypatch):
    outbox.enqueue(channel="telegram", address="7", payload={"text": "раз"}, dedupe_key="x")
    record, deaths = outbox._record, iter([True])

    def die_once(delivery, **changes):
        if next(deaths, False):
            kill_the_present_one()
        return record(delivery, **changes)

    monkeypatch.setattr(outbox, "_record", die_once)
    assert outbox.flush_address(channel="telegram", address="7") == 1
    assert Delivery.objects.get().state == "sent"
    assert Recorder.sent_to("7") == ["раз"]


def test_an_answer_is_kept_when_the_database_dies_while_it_is_written(with_bot, scripted_llm, monkeypatch):
    end_turn, deaths = answering._end_turn, iter([True])

    def die_once(task, **changes):
        if next(deaths, False):
            kill_the_present_one()
        return end_turn(task, **changes)

    monkeypatch.setattr(answering, "_end_turn", die_once)
    answering.answer_conversation(conversation_id=with_bot.pk)
    assert [message.author for message in Message.objects.order_by("seq")] == ["visitor", "bot"]
    assert len(scripted_llm.requests) == 1


def test_an_outage_is_not_an_attempt(with_bot, scripted_llm):
    scripted_llm.replies = [OperationalError("the connection is closed")] * 3
    for _ in range(3):
        answering.answer_conversation(conversation_id=with_bot.pk)
    conversation = Conversation.objects.get()
    assert (conversation.state, conversation.attempts, conversation.lease_token) == ("bot", 0, None)


def test_visitors_do_not_notice_that_the_pool_is_full_of_dead_connections(web_server, headers, background):
    def post() -> int:
        body = {"text": "Здравствуйте!", "client_id": str(uuid.uuid4())}
        return httpx.post(f"{web_server.url}{URL}", json=body, headers=headers, timeout=30).status_code

    assert background.at_once(*[post] * 8) == [201] * 8
    end_all_connections()
    assert [post() for _ in range(10)] == [201] * 10, web_server.log[-9000:]


def test_the_api_says_that_it_is_worth_trying_again(client, headers, monkeypatch):
    def lose_the_connection(*values):
        raise OperationalError("server closed the connection unexpectedly")

    monkeypatch.setattr("chats.inbox._store", lose_the_connection)
    client.raise_request_exception = False
    body = {"text": "раз", "client_id": str(uuid.uuid4())}
    answer = client.post(URL, body, content_type="application/json", headers=headers)
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "1")
    assert answer.json()["errors"][0]["code"] == "try_again"
