"""sendMessage and its relatives, over HTTP."""

import httpx
import pytest

from tests.sandbox.conftest import OPERATORS, SUPPORT


def description(answer):
    assert answer["ok"] is False
    return answer["description"]


def test_a_message_arrives_with_its_entities(call, chat):
    sent = call("sendMessage", chat_id=chat.person, text="<b>Да</b> 😀", parse_mode="HTML")["result"]
    seen = chat.bot_messages()[-1]
    assert seen["text"] == "Да 😀"
    assert seen["entities"] == [{"type": "bold", "offset": 0, "length": 2}]
    assert sent["message_id"] == seen["message_id"]


def test_message_ids_grow_over_all_chats_of_a_bot(api, call, chat):
    other = api.chat("support", api.create_person("Пётр"))
    first = other.start()["message_id"]
    second = call("sendMessage", chat_id=chat.person, text="x")["result"]["message_id"]
    assert second == first + 1


BAD_TEXTS = [
    ({}, "message text is empty"),
    ({"text": ""}, "message text is empty"),
    ({"text": " \n "}, "message text is empty"),
    ({"text": "<b></b>", "parse_mode": "HTML"}, "text must be non-empty"),
    ({"text": "а" * 4097}, "message is too long"),
    ({"text": "😀" * 2049}, "message is too long"),
    ({"text": "a.", "parse_mode": "MarkdownV2"}, "can't parse entities: Character '.' is reserved"),
    ({"text": "x", "parse_mode": "what"}, "unsupported parse_mode"),
    ({"text": "x", "reply_parameters": {"message_id": 999}}, "message to be replied not found"),
]


@pytest.mark.parametrize(("params", "reason"), BAD_TEXTS)
def test_a_bad_text_is_refused_with_telegrams_reason(call, chat, params, reason):
    assert reason in description(call("sendMessage", chat_id=chat.person, **params))
    assert chat.bot_messages() == []


def test_4096_units_after_parsing_are_allowed(call, chat):
    assert call("sendMessage", chat_id=chat.person, text="<b>" + "а" * 4096 + "</b>", parse_mode="HTML")["ok"]


@pytest.mark.parametrize("chat_id", [1, "@nobody", "много"])
def test_an_unknown_chat_is_not_found(call, chat, chat_id):
    assert description(call("sendMessage", chat_id=chat_id, text="x")) == "Bad Request: chat not found"


def test_no_chat_id_is_said(call, chat):
    assert description(call("sendMessage", text="x")) == "Bad Request: chat_id is empty"


def test_markup_is_read_before_the_chat_is_looked_at(call, chat):
    answer = call("sendMessage", chat_id=1, text="<b>", parse_mode="HTML")
    assert "can't parse entities" in description(answer)


def test_a_bot_cannot_write_first(api, call, maria):
    answer = call("sendMessage", chat_id=maria["id"], text="x")
    assert (answer["error_code"], answer["description"]) == (
        403,
        "Forbidden: bot can't initiate conversation with a user",
    )


def test_a_blocked_bot_cannot_write(call, chat):
    chat.block()
    answer = call("sendMessage", chat_id=chat.person, text="x")
    assert (answer["error_code"], answer["description"]) == (403, "Forbidden: bot was blocked by the user")
    chat.unblock()
    assert call("sendMessage", chat_id=chat.person, text="x")["ok"]


def test_starting_one_bot_does_not_start_another(call, chat):
    assert call("sendMessage", token=OPERATORS, chat_id=chat.person, text="x")["error_code"] == 403


BAD_KEYBOARDS = [
    ([[{"text": "x", "callback_data": "й" * 33}]], "BUTTON_DATA_INVALID"),
    ([[{"text": "x", "callback_data": ""}]], "BUTTON_DATA_INVALID"),
    ([[{"text": "x"}]], "Text buttons are unallowed in the inline keyboard"),
    ([[{"callback_data": "x"}]], 'Can\'t find field "text"'),
    ([[{"text": "x", "url": "no such thing"}]], "Wrong HTTP URL"),
    ([[{"text": "x", "web_app": {"url": "http://example.com/"}}]], "Only HTTPS links are allowed"),
    ([{"text": "x", "callback_data": "x"}], "must be an Array of Arrays"),
    ([[{"text": "x", "callback_data": "x"}]] * 101, "REPLY_MARKUP_TOO_LONG"),
]


@pytest.mark.parametrize(("rows", "reason"), BAD_KEYBOARDS)
def test_a_bad_keyboard_is_refused(call, chat, rows, reason):
    answer = call("sendMessage", chat_id=chat.person, text="x", reply_markup={"inline_keyboard": rows})
    assert reason in description(answer)


def test_64_bytes_of_callback_data_and_loopback_mini_apps_are_allowed(call, chat):
    rows = [
        [{"text": "x", "callback_data": "й" * 32}],
        [{"text": "app", "web_app": {"url": "http://127.0.0.1:8000/miniapp/"}}],
    ]
    assert call("sendMessage", chat_id=chat.person, text="x", reply_markup={"inline_keyboard": rows})["ok"]


def test_a_reply_keyboard_is_shown_until_removed(call, chat):
    keyboard = {"keyboard": [["Да", {"text": "Нет"}]], "resize_keyboard": True}
    sent = call("sendMessage", chat_id=chat.person, text="?", reply_markup=keyboard)["result"]
    assert "reply_markup" not in sent
    assert chat.read()["keyboard"]["keyboard"] == [[{"text": "Да"}, {"text": "Нет"}]]
    call("sendMessage", chat_id=chat.person, text="!", reply_markup={"remove_keyboard": True})
    assert chat.read()["keyboard"] is None


def test_a_reply_quotes_the_message(call, chat):
    asked = chat.send("Где заказ?")
    sent = call(
        "sendMessage",
        chat_id=chat.person,
        text="В пути",
        reply_parameters={"message_id": asked["message_id"]},
    )
    assert sent["result"]["reply_to_message"]["text"] == "Где заказ?"


def test_a_draft_grows_and_ends_with_the_message(call, chat):
    call("sendMessageDraft", chat_id=chat.person, draft_id=7, text="Ваш")
    call("sendMessageDraft", chat_id=chat.person, draft_id=7, text="Ваш заказ")
    assert [draft["text"] for draft in chat.read()["drafts"]] == ["Ваш заказ"]
    call("sendMessage", chat_id=chat.person, text="Ваш заказ в пути")
    assert chat.read()["drafts"] == []


def test_an_empty_draft_is_allowed_and_a_zero_id_is_not(call, chat):
    assert call("sendMessageDraft", chat_id=chat.person, draft_id=1)["ok"]
    assert description(call("sendMessageDraft", chat_id=chat.person, draft_id=0, text="x"))


def test_typing_is_seen(call, chat):
    assert call("sendChatAction", chat_id=chat.person, action="typing")["ok"]
    assert chat.read()["action"] == "typing"
    assert not call("sendChatAction", chat_id=chat.person, action="dancing")["ok"]


def test_a_document_is_sent_and_can_be_fetched_by_both(sandbox, api, call, chat):
    answer = httpx.post(
        f"{sandbox.url}/bot{SUPPORT}/sendDocument",
        data={"chat_id": chat.person, "caption": "<i>Чек</i>", "parse_mode": "HTML"},
        files={"document": ("чек.txt", "сто рублей".encode(), "text/plain")},
    ).json()["result"]
    assert (answer["document"]["file_name"], answer["caption"]) == ("чек.txt", "Чек")
    seen = httpx.get(sandbox.url + chat.bot_messages()[-1]["file_url"])
    assert seen.content.decode() == "сто рублей"
    path = call("getFile", file_id=answer["document"]["file_id"])["result"]["file_path"]
    assert httpx.get(f"{sandbox.url}/file/bot{SUPPORT}/{path}").content.decode() == "сто рублей"
    again = call("sendDocument", chat_id=chat.person, document=answer["document"]["file_id"])
    assert again["result"]["document"]["file_size"] == answer["document"]["file_size"]


def test_what_is_no_file_is_refused(sandbox, call, chat):
    assert "there is no document" in description(call("sendDocument", chat_id=chat.person))
    assert "wrong file identifier" in description(call("sendDocument", chat_id=chat.person, document="abc"))
    refused = httpx.post(
        f"{sandbox.url}/bot{SUPPORT}/sendPhoto",
        data={"chat_id": chat.person},
        files={"photo": ("p.png", b"not a picture")},
    ).json()
    assert "IMAGE_PROCESS_FAILED" in description(refused)


def test_get_and_form_calls_work_too(sandbox, chat):
    url = f"{sandbox.url}/bot{SUPPORT}/sendmessage"
    assert httpx.get(url, params={"chat_id": chat.person, "text": "GET"}).json()["ok"]
    form = {
        "chat_id": chat.person,
        "text": "форма",
        "reply_markup": '{"inline_keyboard":[[{"text":"a","callback_data":"b"}]]}',
    }
    assert (
        httpx.post(url, data=form).json()["result"]["reply_markup"]["inline_keyboard"][0][0]["callback_data"]
        == "b"
    )


@pytest.mark.parametrize(
    ("content", "kind"),
    [(b"{", "application/json"), (b"[1]", "application/json"), (b'{"text": "\\ud800"}', "application/json"),
     (b"\xff\xfe", "application/json"), (b"<x/>", "text/xml"), (b"no boundary", "multipart/form-data")],
)  # fmt: skip
def test_a_broken_body_is_a_400(sandbox, chat, content, kind):
    url = f"{sandbox.url}/bot{SUPPORT}/sendMessage?chat_id={chat.person}"
    answer = httpx.post(url, content=content, headers={"Content-Type": kind})
    assert (answer.status_code, answer.json()["ok"]) == (400, False)


def test_bad_tokens_and_unknown_methods(sandbox, call):
    assert call("getMe", token="1:nobody")["error_code"] == 401
    assert call("danceWithMe")["error_code"] == 404
