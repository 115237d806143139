"""Whatever is sent, the answer is never a 500, and what is wrong is said in the API's way."""

import json
import uuid

import httpx
import pytest

from chats.models import Message

pytestmark = pytest.mark.django_db

CHAT, OPERATOR, TYPING = "/api/v1/chat/messages", "/api/v1/chat/operator", "/api/v1/chat/typing"
CONFIG, GPT, TAKE = "/api/v1/chat/config", "/api/v1/gpt", "/api/v1/message"
WITH_A_BODY = [("POST", CHAT, "text"), ("POST", GPT, "message")]
ALL = [
    ("GET", CHAT), ("POST", CHAT), ("POST", OPERATOR), ("DELETE", OPERATOR), ("POST", TYPING), ("GET", CONFIG),
    ("POST", GPT), ("GET", TAKE),
]  # fmt: skip
NEEDS_TOKEN = [each for each in ALL if each[1] != CONFIG]


@pytest.fixture(autouse=True)
def _errors_are_answers(client, settings):
    """An exception in a view becomes the 500 that a visitor would get."""
    client.raise_request_exception = False
    settings.LIMIT_MESSAGES_TOKEN = settings.LIMIT_MESSAGES_ADDRESS = "10000/minute"


def send(client, method, path, body: bytes = b"", content_type="application/json", headers=None, query=""):
    return client.generic(method, f"{path}{query}", body, content_type=content_type, headers=headers or {})


def body_of(field: str, value) -> bytes:
    return json.dumps({field: value, "client_id": str(uuid.uuid4())}).encode()


def problem(answer) -> tuple[int, str, str, str | None]:
    body = answer.json()
    assert set(body) == {"type", "errors"}
    error = body["errors"][0]
    assert set(error) == {"code", "detail", "attr"}
    return answer.status_code, body["type"], error["code"], error["attr"]


BODIES = {
    "nothing": b"",
    "not JSON": b"text=hello",
    "half of JSON": b'{"text": "x"',
    "a number": b"7",
    "null": b"null",
    "true": b"true",
    "a string": b'"text"',
    "an array": b"[]",
    "an array of objects": b'[{"text": "x"}]',
    "an empty object": b"{}",
    "invalid UTF-8": b'{"text": "\xff\xfe"}',
    "UTF-16": '{"text": "раз"}'.encode("utf-16"),
    "a byte order mark": b"\xef\xbb\xbf" + b'{"text": "x"}',
    "NaN": b'{"text": NaN}',
    "Infinity": b'{"text": -Infinity}',
    "a huge number": b'{"text": ' + b"9" * 5000 + b"}",
    "a huge exponent": b'{"text": 1e999999}',
    "a deep array": b"[" * 30000,
    "a deep array that ends": b"[" * 30000 + b"]" * 30000,
    "a deep object": b'{"a":' * 10000 + b"1" + b"}" * 10000,
    "zero bytes": b"\0" * 100,
    "a form": b"------x\r\nContent-Disposition: form-data; name=text\r\n\r\nx",
}
TEXTS = {
    "empty": "",
    "blanks": "  \t ",
    "empty lines": "\n\r\n",
    "only NUL": "\0\0",
    "only a lone surrogate": "\ud83d",
    "only control characters": "\x01\x02\x7f",
    "no-break blanks": "\u00a0\u2003\u3000",
    "null": None,
    "a list": ["x"],
    "an object": {"x": 1},
}
FINE = {
    "emoji": "👩‍👩‍👧‍👦 🇷🇺",
    "right to left": "שלום عليكم \u202eabc",
    "HTML": "<script>alert(1)</script><img src=x onerror=alert(1)>",
    "SQL": "'; DROP TABLE chats_message; --",
    "template": "{{ 7 * 7 }} {% debug %} ${x} %s %(x)s {0}",
    "quotes": "\"'`\\",
    "one letter": "я",
    "line and paragraph separators": "раз\u2028два\u2029три",
    "many combining marks": "a" + "\u0301" * 500,
    "as long as may be": "ж" * 4000,
    "as long as may be, in emoji": "😀" * 4000,
}


@pytest.mark.parametrize(("method", "path", "field"), WITH_A_BODY)
@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES)
def test_a_body_that_is_no_message(client, headers, method, path, field, body):
    answer = send(client, method, path, body, headers=headers)
    assert problem(answer)[0] == 400
    assert Message.objects.count() == 0


@pytest.mark.parametrize(("method", "path", "field"), WITH_A_BODY)
@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
def test_a_text_that_is_none(client, headers, method, path, field, text):
    answer = send(client, method, path, body_of(field, text), headers=headers)
    status, kind, _, attr = problem(answer)
    assert (status, kind, attr) == (400, "validation_error", field)
    assert Message.objects.count() == 0


@pytest.mark.parametrize(("method", "path", "field"), WITH_A_BODY)
@pytest.mark.parametrize("text", FINE.values(), ids=FINE)
def test_a_text_that_is_kept_as_it_is(client, headers, method, path, field, text):
    assert send(client, method, path, body_of(field, text), headers=headers).status_code == 201
    assert client.get(CHAT, headers=headers).json()["messages"][0]["text"] == text


@pytest.mark.parametrize(("method", "path", "field"), WITH_A_BODY)
def test_what_cannot_be_stored_is_left_out_or_refused(client, headers, method, path, field):
    text = "раз\0два\ud83dтри"
    answer = send(client, method, path, body_of(field, text), headers=headers)
    assert answer.status_code in (201, 400)
    stored = list(Message.objects.values_list("text", flat=True))
    assert stored in ([], ["раздватри"])


@pytest.mark.parametrize(("method", "path", "field"), WITH_A_BODY)
def test_a_text_that_is_too_long(client, headers, method, path, field):
    answer = send(client, method, path, body_of(field, "ж" * 4001), headers=headers)
    assert problem(answer)[:3] == (413, "client_error", "too_long")


@pytest.mark.parametrize(("method", "path", "field"), WITH_A_BODY)
@pytest.mark.parametrize("size", [64 * 1024 + 1, 100 * 1024, 2 * 1024 * 1024])
def test_a_body_that_is_too_large(client, headers, method, path, field, size):
    answer = send(client, method, path, b" " * size, headers=headers)
    assert problem(answer)[:3] == (413, "client_error", "payload_too_large")


@pytest.mark.parametrize(
    "client_id", ["", "x", "1234", None, 7, -7, 10**40, True, [], {}, "\0", "é" * 36, 1.5]
)
def test_a_client_id_that_is_no_uuid(client, headers, client_id):
    body = json.dumps({"text": "раз", "client_id": client_id}).encode()
    assert send(client, "POST", CHAT, body, headers=headers).status_code in (201, 400)


@pytest.mark.parametrize(("method", "path", "field"), WITH_A_BODY)
@pytest.mark.parametrize(
    "content_type",
    ["text/plain", "application/xml", "multipart/form-data; boundary=x", "application/x-www-form-urlencoded",
     "", "/", "application", "application/json/x", "\x00", "application/json+ld"],
)  # fmt: skip
def test_another_content_type(client, headers, method, path, field, content_type):
    answer = send(client, method, path, body_of(field, "раз"), content_type, headers)
    assert problem(answer)[0] in (400, 415)


@pytest.mark.parametrize(("method", "path"), NEEDS_TOKEN)
@pytest.mark.parametrize(
    "token",
    [
        None,
        "",
        "short",
        "x" * 101,
        "с-русскими-буквами-ой",
        "a b c d e f g h i j",
        "x" * 20 + "\n",
        "x" * 9000,
    ],
)
def test_a_bad_token(client, method, path, token):
    headers = {} if token is None else {"Chat-Token": token}
    answer = send(client, method, path, body_of("text", "раз"), headers=headers)
    assert problem(answer)[:2] == (401, "client_error")


@pytest.mark.parametrize(
    "after",
    [
        "-1",
        "x",
        "1.5",
        "",
        "1e3",
        "9" * 10,
        "9" * 5000,
        "%00",
        "%D9%A1",
        "%FF",
        "0x10",
        "1_0",
        "+1",
        " 1",
        "null",
        "[]",
    ],
)
def test_a_bad_seq(client, headers, after):
    answer = client.get(f"{CHAT}?after={after}", headers=headers)
    assert problem(answer) == (400, "validation_error", "invalid", "after")


@pytest.mark.parametrize("after", ["0", "999999999", "000000001"])
def test_a_good_seq(client, headers, after):
    assert client.get(f"{CHAT}?after={after}", headers=headers).status_code == 200


@pytest.mark.parametrize(
    "query", ["?language=%FF", "?language=xx", "?language=", "?language=ru&language=en", "?%00=%00"]
)
def test_a_strange_language(client, query):
    assert client.get(f"{CONFIG}{query}").status_code == 200


@pytest.mark.parametrize(("method", "path"), ALL)
@pytest.mark.parametrize(
    "headers",
    [{"Accept": "text/html"}, {"Accept": "\0"}, {"Accept": "*/*;q=x"}, {"Accept-Language": "\0,xx;q=9"},
     {"X-Forwarded-For": "\0, ,,"}, {"X-Request-Id": "\n"}, {"Origin": "null"}, {"Last-Event-ID": "x"}],
    ids=str,
)  # fmt: skip
def test_strange_headers(client, headers, method, path):
    token = {"Chat-Token": "a-visitor-of-the-site"}
    assert send(client, method, path, body_of("text", "раз"), headers=token | headers).status_code < 500


@pytest.mark.parametrize("path", sorted({path for _, path in ALL}))
@pytest.mark.parametrize(
    "method", ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "BREW"]
)
def test_any_method(client, headers, path, method):
    assert send(client, method, path, b"{}", headers=headers).status_code < 500


@pytest.mark.parametrize("query", ["?format=xml", "?format=", "?after=0&after=x", "?" + "x" * 9000])
@pytest.mark.parametrize(("method", "path"), ALL)
def test_strange_queries(client, headers, method, path, query):
    assert send(client, method, path, b"{}", headers=headers, query=query).status_code < 500


def test_a_text_is_counted_after_trimming(client, headers):
    body = body_of("text", " " * 3000 + "ж" * 4000 + "\n" * 3000)
    assert send(client, "POST", CHAT, body, headers=headers).status_code == 201


@pytest.mark.django_db(transaction=True)
class TestOnTheRealServer:
    """What Django's test client does not pass on as the server does."""

    @pytest.mark.parametrize(
        "charset", ["utf-16", "latin-1", "x", "zlib", "hex", "rot13", "idna", "undefined", ""]
    )
    def test_a_strange_charset(self, web_server, headers, charset):
        headers = headers | {"Content-Type": f"application/json; charset={charset}"}
        for method, path in ALL:
            url = f"{web_server.url}{path}?after=%D1%8F"
            assert (
                httpx.request(method, url, content=body_of("text", "раз"), headers=headers).status_code < 500
            )

    def test_a_body_without_a_length(self, web_server, headers):
        def pieces():
            yield b'{"message": '
            yield '"раз"}'.encode()

        headers = headers | {"Content-Type": "application/json"}
        answer = httpx.post(f"{web_server.url}{GPT}", content=pieces(), headers=headers)
        assert answer.status_code in (201, 400, 411)

    def test_an_endless_body_is_refused(self, web_server, headers):
        headers = headers | {"Content-Type": "application/json"}
        answer = httpx.post(f"{web_server.url}{GPT}", content=b" " * 3_000_000, headers=headers)
        assert problem(answer)[0] == 413

    @pytest.mark.parametrize("path", ["/api/v1/chat/messages//", "/api/v1/chat/%00", "/api/v1/chat/%FF"])
    def test_a_strange_path(self, web_server, headers, path):
        assert httpx.get(f"{web_server.url}{path}", headers=headers).status_code < 500
