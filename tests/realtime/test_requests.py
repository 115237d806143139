"""What is asked of the realtime process, and what it refuses."""

import httpx
import pytest

pytestmark = pytest.mark.django_db(transaction=True)
TOKEN = "a-visitor-of-the-site"
ORIGIN = "https://shop.example"


@pytest.fixture
def url(realtime_server):
    return f"{realtime_server.url}/api/v1/chat/stream"


def refused(url: str, headers: dict | None = None, method: str = "GET") -> tuple[int, str, str, str | None]:
    answer = httpx.request(method, url, headers={"Chat-Token": TOKEN} | (headers or {}))
    body = answer.json()
    error = body["errors"][0]
    return answer.status_code, body["type"], error["code"], error["attr"]


def test_without_a_token(url):
    answer = httpx.get(url)
    assert answer.status_code == 401
    assert answer.json() == {
        "type": "client_error",
        "errors": [
            {"code": "not_authenticated", "detail": "The header Chat-Token is missing.", "attr": None}
        ],
    }
    assert answer.headers["www-authenticate"] == "Chat-Token"


@pytest.mark.parametrize(
    "token", ["short", "с-русскими-буквами".encode(), "x" * 101, "a b c d e f g h i j", ""]
)
def test_with_a_bad_token(url, token):
    assert refused(url, {"Chat-Token": token}) == (401, "client_error", "authentication_failed", None)


@pytest.mark.parametrize("after", ["-1", "x", "1.5", "", "9" * 10, "9" * 1000, "%D9%A1", "%00", "1%0a"])
def test_with_a_bad_seq(url, after):
    assert refused(f"{url}?after={after}") == (400, "validation_error", "invalid", "after")


@pytest.mark.parametrize("last", ["x", "-5", "99999999999999999999"])
def test_with_a_bad_last_event_id(url, last):
    assert refused(url, {"Last-Event-ID": last}) == (400, "validation_error", "invalid", "Last-Event-ID")


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH"])
def test_with_another_method(url, method):
    assert refused(url, method=method) == (405, "client_error", "method_not_allowed", None)


def test_an_unknown_path(realtime_server):
    assert refused(f"{realtime_server.url}/admin/") == (404, "client_error", "not_found", None)


def test_errors_may_be_read_by_the_page_too(url):
    answer = httpx.get(url, headers={"Origin": ORIGIN})
    assert answer.headers["access-control-allow-origin"] == "*"


def test_the_browser_may_send_the_token(url):
    asked = {
        "Origin": ORIGIN,
        "Access-Control-Request-Method": "GET",
        "Access-Control-Request-Headers": "chat-token,last-event-id",
    }
    answer = httpx.options(url, headers=asked)
    assert answer.status_code == 200
    assert {"chat-token", "last-event-id"} <= set(answer.headers["access-control-allow-headers"].split(", "))
    assert answer.headers["access-control-allow-origin"] == "*"
    assert "access-control-allow-credentials" not in answer.headers


def test_nothing_on_the_way_may_keep_the_stream(listen):
    headers = listen(token=TOKEN).response.headers
    assert headers["content-type"] == "text/event-stream; charset=utf-8"
    assert headers["cache-control"] == "no-store"
    assert headers["x-accel-buffering"] == "no"


@pytest.mark.parametrize("slash", ["", "/"])
def test_with_and_without_a_slash(realtime_server, slash):
    url = f"{realtime_server.url}/api/v1/chat/stream{slash}"
    with httpx.stream("GET", url, headers={"Chat-Token": TOKEN}) as answer:
        assert answer.status_code == 200


def test_it_is_alive_and_ready(realtime_server, eventually):
    assert httpx.get(f"{realtime_server.url}/healthz").json() == {"status": "ok"}
    eventually(lambda: httpx.get(f"{realtime_server.url}/readyz").status_code == 200)


class TestWithASettingOfItsOwn:
    @pytest.fixture
    def process_environment(self, process_environment):
        return process_environment | {
            "STREAMS_PER_ADDRESS": "2",
            "TRUSTED_PROXIES": "1",
            "WIDGET_ORIGINS": f"{ORIGIN},https://other.example",
        }

    def test_an_address_has_so_many_streams_and_no_more(self, url, listen):
        theirs = [listen(token=TOKEN, headers={"X-Forwarded-For": "192.0.2.1"}) for _ in range(2)]
        refusal = refused(url, {"X-Forwarded-For": "192.0.2.1"})
        assert refusal == (429, "client_error", "throttled", None)
        assert all(not stream.ended.is_set() for stream in theirs)

    def test_another_address_is_not_kept_out(self, listen):
        for _ in range(2):
            listen(token=TOKEN, headers={"X-Forwarded-For": "192.0.2.2"})
        other = listen(token=TOKEN, headers={"X-Forwarded-For": "192.0.2.2, 192.0.2.3"})
        assert other.response.status_code == 200

    def test_a_closed_stream_makes_room(self, url, listen, eventually):
        for _ in range(2):
            listen(token=TOKEN, headers={"X-Forwarded-For": "192.0.2.4"}).close()

        def may_come() -> bool:
            headers = {"Chat-Token": TOKEN, "X-Forwarded-For": "192.0.2.4"}
            with httpx.stream("GET", url, headers=headers) as answer:
                return answer.status_code == 200

        eventually(may_come)

    def test_a_known_page_may_read(self, url):
        answer = httpx.get(url, headers={"Origin": ORIGIN})
        assert answer.headers["access-control-allow-origin"] == ORIGIN
        assert answer.headers["vary"] == "origin"

    def test_an_unknown_page_may_not(self, url):
        answer = httpx.options(url, headers={"Origin": "https://evil.example"})
        assert "access-control-allow-origin" not in answer.headers


def test_the_oldest_of_too_many_tabs_makes_room(listen, eventually):
    tabs = [listen(token=TOKEN) for _ in range(11)]
    eventually(tabs[0].ended.is_set)
    assert not any(tab.ended.is_set() for tab in tabs[1:])
