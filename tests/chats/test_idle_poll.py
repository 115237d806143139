"""The short way of an idle poll, through the WSGI application as the web server calls it."""

import json
from wsgiref.util import setup_testing_defaults

import pytest

from chats import inbox
from chats.redis import get_redis
from config.wsgi import application
from tests.chats.conftest import TOKEN

pytestmark = pytest.mark.django_db(transaction=True)  # the web server ends each request's connection


@pytest.fixture
def poll():
    """poll(after=1): status, headers and JSON of one poll."""

    def ask(*, query=None, token=TOKEN, after=0, method="GET", **headers):
        environ = {"REQUEST_METHOD": method, "PATH_INFO": "/api/v1/chat/messages", "HTTP_CHAT_TOKEN": token}
        environ["QUERY_STRING"] = f"after={after}" if query is None else query
        environ |= headers
        setup_testing_defaults(environ)
        told = {}
        body = b"".join(
            application(environ, lambda status, named: told.update(status=status, headers=dict(named)))
        )
        return (
            told["status"],
            {name.lower(): value for name, value in told["headers"].items()},
            json.loads(body),
        )

    return ask


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
    same = {
        "content-type",
        "content-security-policy",
        "x-content-type-options",
        "x-frame-options",
        "referrer-policy",
    }
    same |= {"access-control-allow-origin", "access-control-expose-headers"}
    assert {name: short[1][name] for name in same} == {name: long[1][name] for name in same}


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
