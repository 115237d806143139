"""429 at Telegram's limits, and trouble on command."""

import time

import httpx
import pytest

from tests.sandbox.conftest import OPERATORS, SUPPORT


def test_a_chat_takes_a_burst_and_then_429(api, call, chat):
    api.set_limits(enabled=True, chat_rate=0.5, chat_burst=3, bot_rate=100, bot_burst=100)
    answers = [call("sendMessage", chat_id=chat.person, text=str(number)) for number in range(5)]
    assert [answer["ok"] for answer in answers] == [True, True, True, False, False]
    assert answers[3]["parameters"]["retry_after"] in (1, 2)
    assert answers[3]["description"].startswith("Too Many Requests: retry after ")
    assert len(chat.bot_messages()) == 3


def test_after_the_wait_it_goes_on(api, call, chat):
    api.set_limits(enabled=True, chat_rate=2, chat_burst=1, bot_rate=100, bot_burst=100)
    call("sendMessage", chat_id=chat.person, text="раз")
    refused = call("sendMessage", chat_id=chat.person, text="два")
    time.sleep(refused["parameters"]["retry_after"])
    assert call("sendMessage", chat_id=chat.person, text="два")["ok"]


def test_other_chats_have_their_own_burst_but_a_bot_has_one_limit(api, call, maria):
    people = [api.create_person(f"Человек {number}") for number in range(5)]
    for person in people:
        api.chat("support", person).start()
    api.set_limits(enabled=True, chat_rate=1, chat_burst=1, bot_rate=0.1, bot_burst=4)
    answers = [call("sendMessage", chat_id=person["id"], text="x") for person in people]
    assert [answer["ok"] for answer in answers] == [True, True, True, True, False]


def test_errors_come_on_command_and_are_counted(api, call, chat):
    api.fault("error", code=500, times=2, methods=["sendMessage"])
    assert [call(m, chat_id=chat.person, text="x", action="typing").get("error_code") for m in
            ("sendMessage", "sendChatAction", "sendMessage", "sendMessage")] == [500, None, 500, None]  # fmt: skip
    assert len(chat.bot_messages()) == 1


def test_429_on_command_says_when_to_come_again(api, call, chat):
    api.fault("error", code=429, retry_after=7)
    assert call("getMe")["parameters"] == {"retry_after": 7}


def test_a_fault_may_concern_one_bot(api, call, chat):
    api.fault("error", code=502, bot="operators")
    assert call("getMe")["ok"]
    assert call("getMe", token=OPERATORS)["error_code"] == 502


@pytest.mark.parametrize(("kind", "done"), [("close", 1), ("refuse", 0)])
def test_a_connection_is_closed_without_an_answer(sandbox, api, chat, kind, done):
    api.fault(kind)
    with pytest.raises(httpx.RemoteProtocolError):
        httpx.post(f"{sandbox.url}/bot{SUPPORT}/sendMessage", json={"chat_id": chat.person, "text": "x"})
    assert len(chat.bot_messages()) == done


def test_away_ends_by_itself(sandbox, api, call, chat):
    api.fault("away", seconds=0.6)
    with pytest.raises(httpx.HTTPError):
        httpx.get(f"{sandbox.url}/bot{SUPPORT}/getMe")
    time.sleep(0.7)
    assert call("getMe")["ok"]


def test_slow_answers_come_late(api, call, chat):
    api.fault("slow", seconds=0.5)
    started = time.monotonic()
    assert call("getMe")["ok"]
    assert time.monotonic() - started >= 0.5


def test_calls_are_written_down(api, call, chat):
    call("sendMessage", chat_id=chat.person, text="раз")
    call("sendMessage", chat_id=1, text="два")
    assert [(c["params"]["text"], c["status"]) for c in api.calls(method="sendMessage")] == [
        ("раз", 200),
        ("два", 400),
    ]
    assert len(api.calls(chat=chat.person)) == 1
