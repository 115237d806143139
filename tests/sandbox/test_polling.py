"""getUpdates."""

import threading
import time

from telegram_bot.sandbox.client import wait_for


def ids(answer):
    return [update["update_id"] for update in answer["result"]]


def test_updates_stay_until_confirmed_by_the_offset(call, chat):
    chat.send("раз")
    first = call("getUpdates")
    assert ids(first) == ids(call("getUpdates"))
    assert len(first["result"]) == 2
    assert call("getUpdates", offset=ids(first)[-1] + 1)["result"] == []
    assert call("getUpdates")["result"] == []


def test_limit_and_negative_offset(call, chat):
    chat.send("раз")
    chat.send("два")
    assert [u["message"]["text"] for u in call("getUpdates", limit=1)["result"]] == ["/start"]
    assert [u["message"]["text"] for u in call("getUpdates", offset=-1)["result"]] == ["два"]


def test_a_long_poll_ends_with_the_first_update(call, chat):
    call("getUpdates", offset=-1)
    offset = ids(call("getUpdates"))[-1] + 1
    threading.Timer(0.3, chat.send, ["привет"]).start()
    started = time.monotonic()
    answer = call("getUpdates", offset=offset, timeout=20)
    assert [u["message"]["text"] for u in answer["result"]] == ["привет"]
    assert time.monotonic() - started < 10


def test_a_second_poll_ends_the_first_with_409(call, chat):
    offset = ids(call("getUpdates"))[-1] + 1
    answers = []
    poll = threading.Thread(target=lambda: answers.append(call("getUpdates", offset=offset, timeout=20)))
    poll.start()
    # The second poll is made again until the first one has been waiting to be ended.
    wait_for(lambda: call("getUpdates", offset=offset) and answers)
    poll.join()
    assert answers[0]["error_code"] == 409
    assert "terminated by other getUpdates request" in answers[0]["description"]


def test_a_webhook_forbids_polling(call, chat, receiver):
    call("setWebhook", url=receiver.url)
    answer = call("getUpdates")
    assert answer["error_code"] == 409
    assert "can't use getUpdates method while webhook is active" in answer["description"]


def test_only_the_kinds_that_were_asked_for_come(api, call, chat):
    call("getUpdates", allowed_updates=["message"])
    message = chat.send("раз")
    chat.edit(message, "раз-два")
    chat.block()
    assert api.send_update("support", {"poll": {"id": "1"}}) is None
    assert {kind for u in call("getUpdates")["result"] for kind in u if kind != "update_id"} == {"message"}


def test_by_default_edits_and_memberships_come(call, chat):
    chat.edit(chat.send("раз"), "два")
    chat.block()
    updates = call("getUpdates")["result"]
    assert updates[-2]["edited_message"]["text"] == "два"
    assert updates[-1]["my_chat_member"]["new_chat_member"]["status"] == "kicked"


def test_any_update_can_be_forced(api, call, chat):
    api.send_update(
        "support",
        {"channel_post": {"message_id": 1, "date": 1, "chat": {"id": -1, "type": "channel"}}},
        force=True,
    )
    assert "channel_post" in call("getUpdates", offset=-1)["result"][0]


def test_an_update_is_redelivered_on_command(api, call, chat):
    first = ids(call("getUpdates"))
    api.fault("redeliver", times=2)
    assert ids(call("getUpdates", offset=first[-1] + 1)) == first
    assert ids(call("getUpdates", offset=first[-1] + 1)) == first
    assert ids(call("getUpdates", offset=first[-1] + 1)) == []
