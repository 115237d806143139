"""Edits, deletions and callback queries."""

from telegram_bot.sandbox.client import data_of

KEYBOARD = {"inline_keyboard": [[{"text": "Взять", "callback_data": "claim:1"}]]}


def send(call, chat, **params):
    return call("sendMessage", chat_id=chat.person, text="Карточка", **params)["result"]


def test_an_edit_is_seen_in_place(call, chat):
    card = send(call, chat, reply_markup=KEYBOARD)
    edited = call("editMessageText", chat_id=chat.person, message_id=card["message_id"], text="Взял Олег")
    assert "reply_markup" not in edited["result"]
    assert [(m["text"], m["edited"]) for m in chat.bot_messages()] == [("Взял Олег", True)]


def test_buttons_can_be_taken_away_without_a_mark_of_editing(call, chat):
    card = send(call, chat, reply_markup=KEYBOARD)
    assert call("editMessageReplyMarkup", chat_id=chat.person, message_id=card["message_id"])["ok"]
    seen = chat.message(card)
    assert ("reply_markup" in seen, seen["edited"]) == (False, False)


def test_the_same_content_is_not_modified(call, chat):
    card = send(call, chat, reply_markup=KEYBOARD)
    same = {"chat_id": chat.person, "message_id": card["message_id"], "reply_markup": KEYBOARD}
    assert "message is not modified" in call("editMessageText", text="Карточка", **same)["description"]
    assert "message is not modified" in call("editMessageReplyMarkup", **same)["description"]


def test_what_is_not_there_or_not_ones_own_cannot_be_edited(call, chat):
    mine = chat.send("моё")
    for message_id, reason in (
        (999, "message to edit not found"),
        (mine["message_id"], "message can't be edited"),
    ):
        answer = call("editMessageText", chat_id=chat.person, message_id=message_id, text="x")
        assert answer["description"] == f"Bad Request: {reason}"


def test_an_edit_that_is_too_long_is_refused(call, chat):
    card = send(call, chat)
    answer = call("editMessageText", chat_id=chat.person, message_id=card["message_id"], text="x" * 4097)
    assert answer["description"] == "Bad Request: MESSAGE_TOO_LONG"


def test_a_deleted_message_is_gone_once(call, chat):
    card = send(call, chat)
    delete = {"chat_id": chat.person, "message_id": card["message_id"]}
    assert call("deleteMessage", **delete)["ok"]
    assert chat.bot_messages() == []
    assert call("deleteMessage", **delete)["description"] == "Bad Request: message to delete not found"


def test_a_press_becomes_a_callback_query_and_its_answer_is_seen(call, chat):
    card = send(call, chat, reply_markup=KEYBOARD)
    query_id = chat.press(card, "Взять")
    update = call("getUpdates", offset=-1)["result"][0]
    assert update["callback_query"]["data"] == data_of(card, "Взять")
    assert update["callback_query"]["message"]["message_id"] == card["message_id"]
    call("answerCallbackQuery", callback_query_id=query_id, text="Ваш!", show_alert=True)
    answer = chat.wait_for_callback_answer(query_id)
    assert (answer["text"], answer["show_alert"]) == ("Ваш!", True)


def test_a_query_is_answered_once_and_briefly(call, chat):
    query_id = chat.press(send(call, chat, reply_markup=KEYBOARD), data="claim:1")
    too_long = call("answerCallbackQuery", callback_query_id=query_id, text="x" * 201)
    assert too_long["description"] == "Bad Request: MESSAGE_TOO_LONG"
    assert call("answerCallbackQuery", callback_query_id=query_id)["ok"]
    for query in (query_id, "12345"):
        answer = call("answerCallbackQuery", callback_query_id=query)
        assert answer["description"].startswith("Bad Request: query is too old")


def test_forged_callback_data_can_be_sent(call, chat):
    card = send(call, chat)
    chat.press(card, data="claim:99", force=True)
    assert call("getUpdates", offset=-1)["result"][0]["callback_query"]["data"] == "claim:99"
