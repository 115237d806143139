"""The short ways of an idle poll and of an everyday message, through the WSGI application as a server calls it."""

import io
import json
import uuid
from wsgiref.util import setup_testing_defaults

import pytest
from django.db import OperationalError, connection, transaction

from chats import inbox
from chats.conversations import call_human
from chats.live import channel_of
from chats.models import Contact, Conversation, Message
from chats.redis import get_redis
from config.wsgi import application
from tests.chats.conftest import TOKEN

pytestmark = pytest.mark.django_db(transaction=True)  # the web server ends each request's connection
URL = "/api/v1/chat/messages"
HEADERS = {
    "content-type",
    "content-security-policy",
    "x-content-type-options",
    "x-frame-options",
    "referrer-policy",
    "access-control-allow-origin",
    "access-control-expose-headers",
}


@pytest.fixture
def ask():
    """ask("GET", query="after=1"): status, headers and JSON of one request."""

    def ask(method, *, query="", token=TOKEN, body=b"", **headers):
        environ = {
            "REQUEST_METHOD": method,
            "PATH_INFO": URL,
            "HTTP_CHAT_TOKEN": token,
            "QUERY_STRING": query,
        }
        environ |= {"CONTENT_TYPE": "application/json", "CONTENT_LENGTH": str(len(body))}
        environ |= {"wsgi.input": io.BytesIO(body), "REMOTE_ADDR": "127.0.0.1"} | headers
        setup_testing_defaults(environ)
        told = {}
        answer = b"".join(
            application(environ, lambda status, named: told.update(status=status, headers=dict(named)))
        )
        return (
            told["status"],
            {name.lower(): value for name, value in told["headers"].items()},
            json.loads(answer),
        )

    return ask


@pytest.fixture
def poll(ask):
    """poll(after=1): what one poll is told."""

    def poll(*, query=None, after=0, method="GET", **options):
        return ask(method, query=f"after={after}" if query is None else query, **options)

    return poll


@pytest.fixture
def say(ask):
    """say("Сколько стоит доставка?"): what whoever sends this is told."""

    def say(text="А сколько стоит?", *, client_id=None, more=None, **options):
        body = {"text": text, "client_id": str(client_id or uuid.uuid4())} | (more or {})
        return ask("POST", body=json.dumps(body).encode(), **options)

    return say


@pytest.fixture
def polled(visitor):
    """The visitor has written, and the widget has seen it."""
    inbox.receive_message(contact=visitor, text="Сколько стоит доставка?")
    return visitor


@pytest.fixture
def unreachable_django(monkeypatch):
    """Whoever asks Django fails."""
    monkeypatch.setattr("config.wsgi.django.get_response", lambda request: pytest.fail("Django was asked"))


def test_nothing_new_is_answered_without_django(poll, polled, unreachable_django, django_assert_num_queries):
    with django_assert_num_queries(0):
        status, _, page = poll(after=1)
    assert status == "200 OK"
    assert page == {"messages": [], "state": "bot", "operator": None, "queue_position": None}


def test_it_says_what_the_view_says(poll, polled):
    short = poll(after=1, HTTP_ORIGIN="https://shop.example")
    long = poll(query="after=1&", HTTP_ORIGIN="https://shop.example")
    assert short[::2] == long[::2]
    assert {name: short[1][name] for name in HEADERS} == {name: long[1][name] for name in HEADERS}


def test_something_new_is_found(poll, polled):
    assert [message["text"] for message in poll(after=0)[2]["messages"]] == ["Сколько стоит доставка?"]


def test_in_the_queue_the_place_is_told(poll, waiting):
    assert poll(after=9)[2]["queue_position"] == 1
    assert poll(after=9)[2]["queue_position"] == 1


def test_without_redis_the_view_answers(poll, polled):
    get_redis().flushdb()
    assert poll(after=1)[0] == "200 OK"


@pytest.mark.parametrize(
    ("wrong", "status"),
    [
        ({"token": "short"}, "401 Unauthorized"),
        ({"token": ""}, "401 Unauthorized"),
        ({"query": "after=-1"}, "400 Bad Request"),
        ({"query": "after=9999999999"}, "400 Bad Request"),
        ({"method": "PUT"}, "405 Method Not Allowed"),
    ],
    ids=["a short token", "no token", "a negative number", "a huge number", "PUT"],
)
def test_what_is_wrong_is_refused_by_the_view(poll, polled, wrong, status):
    assert poll(**wrong)[0] == status


class TestMessage:
    """An everyday message is stored by one statement; every other one as it always was."""

    def test_it_is_stored_by_one_statement(self, say, polled, unreachable_django, django_assert_num_queries):
        with django_assert_num_queries(1):
            status, _, shown = say("А самовывоз?")
        assert (status, shown["seq"], shown["text"]) == ("201 Created", 2, "А самовывоз?")
        stored = Message.objects.get(seq=2)
        assert (stored.author, stored.contact, str(stored.client_id)) == (
            "visitor",
            polled,
            shown["client_id"],
        )
        assert (stored.conversation.visitor_seq, Contact.objects.get().last_seq) == (2, 2)

    def test_it_says_what_the_view_says(self, say, polled):
        short = say("А самовывоз?", HTTP_ORIGIN="https://shop.example")
        long = say("А самовывоз?", HTTP_ORIGIN="https://shop.example", more={"another": 1})
        assert short[0] == long[0]
        own = {"seq": 0, "client_id": "", "created_at": ""}
        assert short[2] | own == long[2] | own
        assert [
            Message.objects.get(seq=shown[2]["seq"]).created_at.isoformat() for shown in (short, long)
        ] == [
            short[2]["created_at"],
            long[2]["created_at"],
        ]
        assert {name: short[1][name] for name in HEADERS} == {name: long[1][name] for name in HEADERS}

    def test_the_worker_and_the_streams_are_told(self, say, polled):
        get_redis().flushdb()
        listening = get_redis().pubsub()
        listening.subscribe(channel_of(polled.external_id))
        listening.get_message(timeout=5)
        say("А самовывоз?")
        assert "А самовывоз?" in listening.get_message(timeout=5)["data"]
        assert get_redis().llen("answers") == 1
        listening.close()

    def test_a_repeat_changes_nothing(self, say, polled):
        client_id = uuid.uuid4()
        first, again = say("раз", client_id=client_id), say("раз", client_id=client_id)
        assert (first[0], again[0]) == ("201 Created", "200 OK")
        assert first[2] == again[2]
        assert (Message.objects.count(), Contact.objects.get().last_seq) == (2, 2)

    def test_the_first_message(self, say):
        assert say("Здравствуйте!")[0] == "201 Created"
        assert Message.objects.get().seq == 1

    def test_a_call_for_a_human(self, say, polled):
        say("Позовите оператора")
        assert Conversation.objects.get().state == "waiting"

    def test_another_language(self, say, polled):
        say("How much is the delivery?")
        assert Contact.objects.get().language == "en"

    def test_in_the_queue(self, say, polled):
        call_human(contact=polled)
        assert say("Ау?")[0] == "201 Created"
        assert Conversation.objects.get().state == "waiting"

    def test_after_the_end(self, say, polled):
        Conversation.objects.update(state="closed")
        say("А самовывоз?")
        assert list(Conversation.objects.order_by("pk").values_list("state", "visitor_seq")) == [
            ("closed", 1),
            ("bot", 2),
        ]

    def test_a_claim_meanwhile_undoes_the_statement(self, say, polled, background, eventually):
        with transaction.atomic():
            Contact.objects.select_for_update().get()
            saying = background.start(say, "А самовывоз?")
            eventually(lambda: _waiting_for_a_lock())
            Conversation.objects.update(state="closed")
        assert saying.result()[0] == "201 Created"
        assert list(Message.objects.order_by("seq").values_list("seq", "conversation__state")) == [
            (1, "closed"),
            (2, "bot"),
        ]

    def test_a_full_queue_is_said(self, say, polled, settings):
        settings.QUEUED_MESSAGES = 3
        assert [say("раз")[0][:3] for _ in range(4)] == ["201", "201", "429", "429"]
        assert Contact.objects.get().last_seq == 3

    def test_it_is_counted_once(self, say, polled, settings):
        settings.LIMIT_MESSAGES_TOKEN = "3/minute"
        answers = [say(text) for text in ("раз", "Позовите оператора", "два", "три")]
        assert [status[:3] for status, _, _ in answers] == ["201", "201", "201", "429"]
        assert 0 < int(answers[3][1]["retry-after"]) <= 60

    def test_without_postgresql_it_is_said(self, say, polled, monkeypatch):
        monkeypatch.setattr("config.short_ways.accept_everyday_message", _away)
        assert say("А самовывоз?")[0] == "201 Created"  # the view has tried once more

    @pytest.mark.parametrize(
        ("wrong", "status"),
        [
            ({"text": ""}, "400"),
            ({"text": 7}, "400"),
            ({"text": "х" * 4001}, "413"),
            ({"text": "нуль\x00"}, "400"),
            ({"text": "полпары \ud83d"}, "400"),
            ({"client_id": "7"}, "400"),
            ({"client_id": 7}, "400"),
        ],
        ids=["empty", "a number", "too long", "NUL", "half a pair", "no uuid", "a numeric id"],
    )
    def test_what_is_wrong_is_refused_by_the_view(self, say, polled, wrong, status):
        assert say("раз", more=wrong)[0][:3] == status
        assert Message.objects.count() == 1

    @pytest.mark.parametrize(
        "body",
        [b"", b"{", b"[]", b'"text"', "{}".encode("utf-16"), b"[" * 30_000, b"\xff"],
        ids=["empty", "half", "a list", "a string", "utf-16", "deep", "no utf-8"],
    )
    def test_so_is_what_is_no_json_object(self, ask, polled, body):
        assert ask("POST", body=body)[0] == "400 Bad Request"

    def test_and_what_is_too_large(self, say, polled):
        assert say("х" * 70_000)[0][:3] == "413"


def _away(**_):
    raise OperationalError("PostgreSQL is away")


def _waiting_for_a_lock() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'")
        return cursor.fetchone()[0] > 0
