"""Too much of everything: who floods is told to wait, and neither fills the database nor keeps others out."""

import json
import socket
import uuid

import httpx
import pytest
from django.test import Client

from chats.api.limits import choose_address, counted
from chats.api.tokens import hash_token
from chats.messages import write_message
from chats.models import Contact, Conversation, Message

pytestmark = pytest.mark.django_db
URL = "/api/v1/chat/messages"
WRITES = [("POST", URL, "text"), ("POST", "/api/v1/gpt", "message"), ("POST", "/api/v1/chat/operator", "")]
READS = [
    ("GET", URL),
    ("GET", "/api/v1/message"),
    ("DELETE", "/api/v1/chat/operator"),
    ("POST", "/api/v1/chat/typing"),
]


@pytest.fixture(autouse=True)
def _no_worker(monkeypatch):
    monkeypatch.setattr("chats.hints._send", lambda *args, **kwargs: None)


def send(
    token="a-visitor-who-floods", *, address="192.0.2.7", method="POST", path=URL, field="text", **headers
):
    body = json.dumps({field: "Привет", "client_id": str(uuid.uuid4())})
    return Client(REMOTE_ADDR=address).generic(
        method, path, body, content_type="application/json", headers={"Chat-Token": token} | headers
    )


def token(number: int) -> str:
    return f"one-of-many-tokens-{number}"


# --- new tokens


@pytest.mark.parametrize(("method", "path", "field"), WRITES)
def test_an_address_makes_so_many_new_visitors_and_no_more(settings, method, path, field):
    settings.LIMIT_NEW_VISITORS = "3/hour"
    statuses = [send(token(n), method=method, path=path, field=field).status_code for n in range(6)]
    assert [status < 300 for status in statuses] == [True] * 3 + [False] * 3
    assert (set(statuses[3:]), Contact.objects.count()) == ({429}, 3)


def test_who_is_known_may_go_on_and_others_may_come(settings):
    settings.LIMIT_NEW_VISITORS = "1/hour"
    assert send(token(1)).status_code == 201
    refused = send(token(2))
    assert (refused.status_code, int(refused["Retry-After"]) > 60) == (429, True)
    assert send(token(1)).status_code == 201
    assert send(token(3), address="192.0.2.8").status_code == 201


@pytest.mark.parametrize(("method", "path"), READS)
def test_a_read_makes_no_rows(method, path):
    for number in range(5):
        assert send(token(number), method=method, path=path).status_code < 300
    assert not Contact.objects.exists()
    assert not Conversation.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_the_limit_is_exact_when_they_come_at_once(settings, background):
    settings.LIMIT_NEW_VISITORS = "7/hour"
    statuses = background.at_once(
        *[lambda number=number: send(token(number)).status_code for number in range(20)]
    )
    assert sorted(statuses) == [201] * 7 + [429] * 13
    assert Contact.objects.count() == 7


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("setting", ["LIMIT_MESSAGES_TOKEN", "LIMIT_MESSAGES_ADDRESS"])
def test_the_limits_of_messages_are_exact_when_they_come_at_once(settings, background, setting):
    setattr(settings, setting, "9/minute")
    statuses = background.at_once(*[lambda number=number: send().status_code for number in range(20)])
    assert sorted(statuses) == [201] * 9 + [429] * 11
    assert Message.objects.filter(author="visitor").count() == 9


def test_of_several_rates_each_counts(settings):
    settings.LIMIT_MESSAGES_TOKEN = "100/minute;2/hour"
    assert [send().status_code for _ in range(3)] == [201, 201, 429]


# --- whose address it is


@pytest.mark.parametrize(
    ("proxies", "forwarded", "believed"),
    [
        (0, "203.0.113.9", "192.0.2.7"),  # nobody of ours has written it
        (1, "", "192.0.2.7"),
        (1, "203.0.113.9", "203.0.113.9"),
        (1, "1.1.1.1, 203.0.113.9", "203.0.113.9"),  # the visitor's own invention comes first
        (2, "1.1.1.1, 203.0.113.9, 10.0.0.1", "203.0.113.9"),
        (2, "203.0.113.9", "192.0.2.7"),  # has not passed both of ours
        (1, " , ,,", "192.0.2.7"),
    ],
)
def test_a_forged_address_is_not_believed(settings, proxies, forwarded, believed):
    settings.TRUSTED_PROXIES = proxies
    assert choose_address(forwarded=forwarded, peer="192.0.2.7") == believed


@pytest.mark.parametrize("proxies", [0, 1])
def test_a_forged_header_does_not_escape_the_limit(settings, proxies):
    settings.TRUSTED_PROXIES, settings.LIMIT_MESSAGES_ADDRESS = proxies, "2/minute"
    own = {"X-Forwarded-For": "203.0.113.9"} if proxies else {}
    statuses = [
        send(token(n), **({"X-Forwarded-For": ", ".join([f"198.51.100.{n}", *own.values()])})).status_code
        for n in range(3)
    ]
    assert statuses == [201, 201, 429]


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("2001:db8:1:2::1", "2001:db8:1:2:ffff::9", True),  # a customer's own network
        ("2001:db8:1:2::1", "2001:db8:1:3::1", False),
        ("::ffff:192.0.2.7", "192.0.2.7", True),
        ("192.0.2.7", "192.0.2.8", False),
        ("unix:", "unix:", True),
    ],
)
def test_whom_an_address_is_counted_as(one, other, same):
    assert (counted(one) == counted(other)) is same


# --- messages that wait for an answer


def test_so_many_messages_wait_for_an_answer_and_no_more(settings):
    settings.QUEUED_MESSAGES = 3
    assert [send().status_code for _ in range(5)] == [201] * 3 + [429] * 2
    error = send().json()["errors"][0]
    assert (error["code"], "waiting for an answer" in error["detail"]) == ("queue_full", True)
    assert int(send()["Retry-After"]) > 0
    assert (Contact.objects.get().last_seq, Message.objects.count()) == (3, 3)


def test_after_an_answer_the_next_ones_are_taken(settings):
    settings.QUEUED_MESSAGES = 3
    assert [send().status_code for _ in range(4)][-1] == 429
    contact = Contact.objects.get()
    write_message(contact=contact, conversation=contact.conversations.get(), author="bot", text="Да",
                  seq=Contact.objects.take_seq(contact.pk))  # fmt: skip
    assert [send().status_code for _ in range(4)] == [201] * 3 + [429]


def test_a_repeat_of_what_was_taken_is_no_more_in_the_queue(settings):
    settings.QUEUED_MESSAGES = 1
    client_id, headers = str(uuid.uuid4()), {"Chat-Token": "a-visitor-who-floods"}
    body = {"text": "Привет", "client_id": client_id}
    statuses = [
        Client().post(URL, body, content_type="application/json", headers=headers).status_code
        for _ in range(2)
    ]
    assert statuses == [201, 200]


@pytest.mark.django_db(transaction=True)
def test_the_queue_is_exact_when_they_come_at_once(settings, background):
    settings.QUEUED_MESSAGES = 5
    statuses = background.at_once(*[lambda number=number: send().status_code for number in range(12)])
    assert sorted(statuses) == [201] * 5 + [429] * 7
    contact = Contact.objects.get(external_id=hash_token("a-visitor-who-floods"))
    assert contact.last_seq == 5


# --- the real servers


@pytest.mark.django_db(transaction=True)
class TestOnTheRealServers:
    @pytest.fixture
    def process_environment(self, process_environment):
        return process_environment | {"STREAMS_PER_ADDRESS": "2"}

    @pytest.mark.parametrize("server", ["web_server", "realtime_server"])
    @pytest.mark.parametrize("header", ["Chat-Token", "X-Something", "Cookie"])
    def test_a_header_of_64_kb_is_refused(self, request, server, header):
        url = request.getfixturevalue(server).url
        path = URL if server == "web_server" else "/api/v1/chat/stream"
        assert _status(url, path, header, 64 * 1024) in {400, 431}
        assert httpx.get(f"{url}/healthz", headers={header: "x" * 8000}).status_code == 200

    @pytest.mark.parametrize("server", ["web_server", "realtime_server"])
    def test_headers_without_an_end_are_cut_off(self, request, server):
        url = request.getfixturevalue(server).url
        assert _status(url, "/healthz", "X-Something", 8 * 1024 * 1024) in {0, 400, 431}  # 0: it has hung up
        assert httpx.get(f"{url}/healthz").status_code == 200

    def test_a_forged_address_opens_no_more_streams(self, realtime_server):
        url = f"{realtime_server.url}/api/v1/chat/stream"
        with httpx.Client(timeout=20) as http:
            opened, statuses = [], []
            for number in range(3):
                headers = {"Chat-Token": token(number), "X-Forwarded-For": f"203.0.113.{number}"}
                answer = http.send(http.build_request("GET", url, headers=headers), stream=True)
                opened.append(answer)
                statuses.append(answer.status_code)
            for answer in opened:
                answer.close()
        assert statuses == [200, 200, 429]


def _status(url: str, path: str, header: str, size: int) -> int:
    """The status that a request with one huge header gets; 0 where the server hangs up."""
    host, port = url.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=20) as connection:
        request = (
            f"GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n{header}: {'x' * size}\r\n\r\n"
        )
        try:
            connection.sendall(request.encode())
            line = connection.makefile("rb").readline()
        except OSError:  # it hung up in the middle of our words
            return 0
    return int(line.split()[1]) if line else 0
