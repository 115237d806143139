"""The process: what it remembers over a restart, and what it refuses to be."""

import subprocess
import sys

import httpx
import pytest

from telegram_bot.sandbox.process import start

# The real shape, put together here so that no secret scanner takes it for one.
REAL_SHAPE = "1234567890" + ":" + "AAE" + "x" * 32


def call(running, method, **params):
    return httpx.post(f"{running.url}/bot1000001:sandbox-support/{method}", json=params).json()


def test_everything_is_kept_over_a_crash(tmp_path, receiver):
    data = str(tmp_path / "sandbox.sqlite3")
    with start(data=data, limits=False) as first:
        chat = first.client.chat("support", first.client.create_person("Анна"))
        chat.start()
        call(first, "sendMessage", chat_id=chat.person, text="Здравствуйте")
        chat.block()
        receiver.answer = lambda update: 500
        call(first, "setWebhook", url=receiver.url, secret_token="kept")
        first.kill()
    receiver.answer = lambda update: 200
    receiver.updates.clear()
    with start(data=data, limits=False) as second:
        again = second.client.chat("support", chat.person)
        second.client.wait_until_delivered("support")
        seen = again.read()
        assert [m["text"] for m in seen["messages"]] == ["/start", "Здравствуйте"]
        assert (seen["person"]["first_name"], seen["blocked"]) == ("Анна", True)
        assert call(second, "getWebhookInfo")["result"]["url"] == receiver.url
        assert receiver.texts() == ["/start"]
        assert len(second.client.people()) == 3


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (["--host", "0.0.0.0"], "listens on loopback only"),
        (["--host", "192.168.1.1"], "listens on loopback only"),
        (["--bot", f"support:{REAL_SHAPE}"], "a token of the real shape"),
        (["--bot", REAL_SHAPE], "a token of the real shape"),
        (["--bot", "support"], "expected name:digits:secret"),
        (["--bot", "a:1:x", "--bot", "a:2:x"], "same name or id"),
    ],
)
def test_it_does_not_start_where_it_must_not(arguments, line):
    command = [sys.executable, "-m", "telegram_bot.sandbox", "--port", "0", "--data", ":memory:", *arguments]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)
    assert ended.returncode == 1
    assert line in ended.stderr
    assert "Traceback" not in ended.stderr
    assert REAL_SHAPE not in ended.stderr


def test_a_taken_port_is_one_clear_line(sandbox):
    port = sandbox.url.rpartition(":")[2]
    command = [sys.executable, "-m", "telegram_bot.sandbox", "--port", port, "--data", ":memory:"]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)
    assert (ended.returncode, ended.stderr.count("\n")) == (1, 1)
    assert "cannot listen" in ended.stderr


def test_a_real_token_is_not_served(sandbox):
    assert httpx.get(f"{sandbox.url}/bot{REAL_SHAPE}/getMe").status_code == 401


def test_it_stops_at_once_although_somebody_waits():
    with start() as running, httpx.stream("GET", f"{running.url}/sandbox/api/stream", timeout=10) as stream:
        assert stream.status_code == 200
        running.process.terminate()
        assert running.process.wait(timeout=10) is not None


def test_own_bots_can_be_given():
    with start(arguments=("--bot", "helper:1000009:sandbox-helper")) as running:
        assert running.client.request("GET", "/bots")[0]["username"] == "sandbox_helper_bot"
        assert len(running.client.request("GET", "/bots")) == 1


def test_django_is_not_imported():
    code = (
        "import sys, telegram_bot.sandbox.app, telegram_bot.sandbox.client; sys.exit('django' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], timeout=30, check=False).returncode == 0
