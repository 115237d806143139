"""Webhooks: delivery, order, retries."""

import threading
import time
from itertools import pairwise

import pytest

from telegram_bot.sandbox.client import wait_for


@pytest.fixture
def hooked(call, receiver, api):
    call(
        "setWebhook", url=receiver.url, secret_token="secret_1", allowed_updates=["message", "callback_query"]
    )
    return receiver


def test_an_update_is_posted_with_the_secret(hooked, chat, api):
    api.wait_until_delivered("support")
    assert hooked.texts() == ["/start"]
    headers = {name.lower(): value for name, value in hooked.headers[0].items()}
    assert headers["x-telegram-bot-api-secret-token"] == "secret_1"
    assert headers["content-type"] == "application/json"


def test_a_failed_update_is_repeated_and_holds_up_its_chat_only(hooked, api, chat):
    api.wait_until_delivered("support")
    pyotr = api.chat("support", api.create_person("Пётр"))
    failures = []

    def answer(update):
        if update["message"]["text"] == "раз" and len(failures) < 4:
            failures.append(update["update_id"])
            return 500
        return 200

    hooked.answer = answer
    for text in ("раз", "два", "три"):
        chat.send(text)
    pyotr.start()
    api.wait_until_delivered("support")
    mine = [u["message"]["text"] for u in hooked.updates if u["message"]["chat"]["id"] == chat.person]
    assert mine == ["/start", "раз", "раз", "раз", "раз", "раз", "два", "три"]
    assert len(set(failures)) == 1
    texts = [(u["message"]["chat"]["id"], u["message"]["text"]) for u in hooked.updates]
    assert texts.index((pyotr.person, "/start")) < texts.index((chat.person, "два"))


def test_delays_grow(hooked, api, chat):
    moments = []
    hooked.answer = lambda update: (moments.append(time.monotonic()), 500 if len(moments) < 6 else 200)[1]
    chat.send("раз")
    wait_for(lambda: len(moments) >= 6)
    delays = [later - sooner for sooner, later in pairwise(moments)]
    # The first repeat comes at once, then twice the base of 0.05 s, doubled each time; a busy machine only adds to it
    assert all(delay > least * 0.9 for delay, least in zip(delays, (0, 0.1, 0.2, 0.4, 0.8), strict=True)), (
        delays
    )


def test_retry_after_of_the_answer_is_respected(hooked, api, chat):
    moments = []

    def answer(update):
        moments.append(time.monotonic())
        return (503, {}, {"Retry-After": "1"}) if len(moments) == 1 else 200

    api.wait_until_delivered("support")
    hooked.answer = answer
    chat.send("раз")
    wait_for(lambda: len(moments) == 2)
    assert moments[1] - moments[0] >= 0.95


def test_a_chat_is_served_one_at_a_time_and_chats_in_parallel(hooked, api, maria):
    busy, most, lock, release = {}, {}, threading.Lock(), threading.Event()

    def answer(update):
        chat_id = update["message"]["chat"]["id"]
        with lock:
            busy[chat_id] = busy.get(chat_id, 0) + 1
            most[chat_id] = max(most.get(chat_id, 0), busy[chat_id])
            if len(busy) == 3:
                release.set()
        release.wait(10)
        with lock:
            busy[chat_id] -= 1
        return 200

    hooked.answer = answer
    chats = [api.chat("support", api.create_person(f"Человек {number}")) for number in range(3)]
    for chat in chats:
        chat.start()
        chat.send("раз")
    api.wait_until_delivered("support")
    assert release.is_set()
    assert set(most.values()) == {1}


def test_max_connections_is_respected(call, receiver, api):
    for number in range(6):
        api.chat("support", api.create_person(f"Человек {number}")).start()
    receiver.answer = lambda update: (time.sleep(0.2), 200)[1]
    call("setWebhook", url=receiver.url, max_connections=2)
    api.wait_until_delivered("support")
    assert receiver.most_busy == 2


def test_buttons_are_not_held_up_by_a_message_that_fails(hooked, api, call, chat):
    api.wait_until_delivered("support")
    keyboard = {"inline_keyboard": [[{"text": "a", "callback_data": "b"}]]}
    card = call("sendMessage", chat_id=chat.person, text="x", reply_markup=keyboard)["result"]
    hooked.answer = lambda update: 500 if "message" in update else 200
    chat.send("не переварить")
    chat.press(card, "a")
    wait_for(lambda: any("callback_query" in update for update in hooked.updates))
    wait_for(lambda: api.bot("support")["pending_update_count"] == 1, what="only the message is left")


def test_the_method_in_the_answer_is_executed(hooked, api, chat):
    hooked.answer = lambda update: (
        200,
        {"method": "sendMessage", "chat_id": update["message"]["chat"]["id"], "text": "сразу"},
        {},
    )
    chat.send("раз")
    assert chat.wait_for_bot("сразу")


def test_errors_are_told_by_get_webhook_info(hooked, api, call, chat):
    hooked.answer = lambda update: 502
    chat.send("раз")
    info = wait_for(lambda: (i := call("getWebhookInfo")["result"]).get("last_error_message") and i)
    assert info["last_error_message"].startswith("Wrong response from the webhook: 502")
    assert info["allowed_updates"] == ["message", "callback_query"]
    assert "secret" not in str(info)


def test_pending_updates_go_to_a_webhook_that_is_set_later(call, chat, receiver, api):
    chat.send("раз")
    call("setWebhook", url=receiver.url)
    api.wait_until_delivered("support")
    assert receiver.texts() == ["/start", "раз"]


def test_pending_updates_can_be_dropped(call, chat, receiver, api):
    call("setWebhook", url=receiver.url, drop_pending_updates=True)
    chat.send("раз")
    api.wait_until_delivered("support")
    assert receiver.texts() == ["раз"]


def test_a_deleted_webhook_gets_nothing_more(hooked, call, chat, api):
    api.wait_until_delivered("support")
    assert call("deleteWebhook")["description"] == "Webhook was deleted"
    chat.send("раз")
    assert [u["message"]["text"] for u in call("getUpdates")["result"]] == ["раз"]
    assert hooked.texts() == ["/start"]


@pytest.mark.parametrize(
    ("params", "reason"),
    [
        ({"url": "http://example.com/hook"}, "An HTTPS URL must be provided for webhook"),
        ({"url": "ftp://127.0.0.1/"}, "An HTTPS URL must be provided for webhook"),
        ({"url": "http://127.0.0.1:1/", "secret_token": "a b"}, "secret token contains unallowed characters"),
        ({"url": "http://127.0.0.1:1/", "secret_token": "a" * 257}, "secret token is too long"),
    ],
)
def test_a_bad_webhook_is_refused(call, api, params, reason):
    assert reason in call("setWebhook", **params)["description"]


def test_an_update_is_redelivered_on_command(hooked, api, chat):
    api.wait_until_delivered("support")
    api.fault("redeliver", times=2)
    chat.send("раз")
    chat.send("два")
    api.wait_until_delivered("support")
    assert hooked.texts() == ["/start", "раз", "раз", "раз", "два"]
    assert [d["status"] for d in api.deliveries(bot="support")] == [200] * 5


def test_a_paused_webhook_gets_its_updates_later(hooked, api, chat):
    api.wait_until_delivered("support")
    api.fault("pause_webhook", seconds=0.5)
    chat.send("раз")
    assert hooked.texts() == ["/start"]
    api.wait_until_delivered("support")
    assert hooked.texts() == ["/start", "раз"]
