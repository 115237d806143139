import json
import logging

import pytest
from django.conf import settings
from django.test import Client
from pythonjsonlogger.json import JsonFormatter

from chats import health
from chats.inbox import receive_message
from chats.log_context import ContextFilter, bound, request_id_from
from chats.models import Contact

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def contact():
    return Contact.objects.create(channel="web", external_id="a" * 64)


def test_ready_only_once_a_worker_has_swept(client):
    assert client.get("/readyz").status_code == 503
    assert client.get("/readyz").json()["worker"] == "no sweep seen yet"
    health.worker_is_alive()
    assert client.get("/readyz").json() == {
        "status": "ok",
        "database": "ok",
        "redis": "ok",
        "worker": "ok",
        "deliveries": "ok",
    }


def test_metrics_tell_what_is_owed(client, contact):
    receive_message(contact=contact, text="Сколько стоит доставка?")
    page = client.get("/metrics").content.decode()
    assert "switchboard_unanswered_conversations 1.0" in page
    assert 'switchboard_messages_accepted_total{author="visitor",channel="web"}' in page


@pytest.mark.parametrize(
    ("token", "headers", "address", "status"),
    [
        ("", {}, "127.0.0.1", 200),
        ("", {}, "198.51.100.7", 403),
        ("", {"X-Forwarded-For": "127.0.0.1"}, "127.0.0.1", 403),
        ("secret", {}, "127.0.0.1", 403),
        ("secret", {"Authorization": "Bearer wrong"}, "127.0.0.1", 403),
        ("secret", {"Authorization": "Bearer secret"}, "198.51.100.7", 200),
    ],
)
def test_metrics_are_not_public(client, settings, token, headers, address, status):
    settings.METRICS_TOKEN = token
    assert client.get("/metrics", headers=headers, REMOTE_ADDR=address).status_code == status


def test_a_request_keeps_its_id(client):
    assert (
        client.get("/healthz", headers={"X-Request-Id": "abcdef123456"}).headers["X-Request-Id"]
        == "abcdef123456"
    )


def test_an_id_that_could_forge_log_lines_is_replaced():
    assert request_id_from('x"\n{"level":"ERROR"}') != 'x"\n{"level":"ERROR"}'


def test_a_log_line_is_json_with_the_ids_that_are_bound():
    record = logging.LogRecord("chats", logging.INFO, __file__, 1, "отправлено %s", (7,), None)
    with bound(request_id="r1", conversation_id=5):
        ContextFilter().filter(record)
    options = {k: v for k, v in settings.LOGGING["formatters"]["json"].items() if k not in {"()", "format"}}
    line = json.loads(
        JsonFormatter(settings.LOGGING["formatters"]["json"]["format"], **options).format(record)
    )
    assert (line["message"], line["request_id"], line["conversation_id"]) == ("отправлено 7", "r1", 5)


def test_the_log_holds_neither_token_nor_text(contact, caplog):
    token, secret = "planted-token-0123456789", "planted-text-98765"
    client = Client(raise_request_exception=False)
    with caplog.at_level(logging.DEBUG):
        for path in ("/api/v1/chat/messages", "/api/v1/gpt"):
            body = json.dumps({"text": secret, "message": secret, "client_id": "not a uuid"})
            client.post(path, body, content_type="application/json", headers={"Chat-Token": token})
            client.get(path, headers={"Chat-Token": token})
        client.post("/webhook", json.dumps({"message": secret}), content_type="application/json")
    ours = [r.getMessage() for r in caplog.records if not r.name.startswith("django.db")]
    assert ours
    assert not [line for line in ours if token in line or secret in line]
