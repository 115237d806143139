"""The control API: persons, what they do, what is refused, initData."""

import hashlib
import hmac
import json
from urllib.parse import parse_qs, parse_qsl

import httpx
import pytest

from telegram_bot.sandbox.client import SandboxError
from tests.sandbox.conftest import SUPPORT


def test_two_demo_people_are_ready(api):
    assert [person["first_name"] for person in api.people()] == ["Мария, покупатель", "Олег, оператор"]
    assert all(person["id"] > 2**32 for person in api.people())


def test_a_person_is_created_and_renamed(api):
    person = api.create_person("Анна", username="@anna_k", language_code="en")
    assert person["username"] == "anna_k"
    assert api.change_person(person, first_name="Аня")["first_name"] == "Аня"


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"first_name": ""}, "no_name"),
        ({"first_name": "x" * 65}, "bad_first_name"),
        ({"first_name": "x", "username": "нет"}, "bad_username"),
        ({"first_name": "x", "username": "MARIA_demo"}, "username_taken"),
    ],
)
def test_bad_people_are_refused(api, fields, code):
    with pytest.raises(SandboxError) as refused:
        api.request("POST", "/people", fields)
    assert refused.value.code == code


def test_start_with_a_payload_is_a_deep_link(call, api, maria):
    api.chat("support", maria).start("einstein")
    assert call("getUpdates")["result"][0]["message"]["text"] == "/start einstein"


def test_a_long_text_becomes_several_messages(call, chat):
    chat.send("слово " * 1500)
    texts = [update["message"]["text"] for update in call("getUpdates")["result"][1:]]
    assert len(texts) == 3
    assert all(len(text) <= 4096 for text in texts)


def test_markup_that_a_person_types_stays_text(chat):
    chat.send("<script>alert(1)</script> \u202e*x*")
    assert chat.messages()[-1]["text"] == "<script>alert(1)</script> \u202e*x*"


def test_a_person_replies_edits_and_clears(call, chat):
    sent = call("sendMessage", chat_id=chat.person, text="Вопрос?")["result"]
    reply = chat.send("Ответ", reply_to=sent)
    assert reply["reply_to_message"]["message_id"] == sent["message_id"]
    chat.edit(reply, "Другой ответ")
    assert [m["text"] for m in chat.messages()] == ["/start", "Вопрос?", "Другой ответ"]
    chat.act("clear")
    assert chat.messages() == []


@pytest.mark.parametrize(
    ("verb", "fields", "code"),
    [
        ("text", {"text": "  "}, "empty"),
        ("text", {"text": 5}, "bad_text"),
        ("text", {"text": "x", "reply_to": 999}, "no_message"),
        ("edit", {"message_id": 999, "text": "x"}, "no_message"),
        ("photo", {"content": "%%%"}, "bad_content"),
        ("dance", {}, "not_found"),
    ],
)
def test_what_a_person_cannot_do_is_refused(chat, verb, fields, code):
    with pytest.raises(SandboxError) as refused:
        chat.act(verb, **fields)
    assert refused.value.code == code


def test_a_button_that_is_not_there_cannot_be_pressed(chat):
    with pytest.raises(SandboxError) as refused:
        chat.press(chat.messages()[0], "нет такой")
    assert refused.value.code == "no_button"


def test_a_person_who_blocked_the_bot_cannot_write(chat):
    chat.block()
    with pytest.raises(SandboxError, match="blocked"):
        chat.send("x")
    chat.start()
    assert chat.read()["blocked"] is False


def test_changes_are_told_to_whoever_waits(api, chat):
    revision = api.request("GET", "/state")["revision"]
    chat.send("раз")
    changes = api.request("GET", "/events", after=revision, timeout=5)["changes"]
    assert [(c["kind"], c["bot"], c["person"]) for c in changes] == [("message", "support", chat.person)]


def test_init_data_is_signed_as_telegram_documents_it(chat, maria):
    fields = dict(parse_qsl(chat.init_data(start_param="einstein", kind="link"), strict_parsing=True))
    given = fields.pop("hash")
    lines = "\n".join(f"{key}={value}" for key, value in sorted(fields.items()))
    secret = hmac.new(b"WebAppData", SUPPORT.encode(), hashlib.sha256).digest()
    assert hmac.new(secret, lines.encode(), hashlib.sha256).hexdigest() == given
    assert json.loads(fields["user"])["id"] == maria["id"]
    assert fields["start_param"] == "einstein"


def test_init_data_can_be_old(chat):
    assert parse_qs(chat.init_data(auth_date=1000))["auth_date"] == ["1000"]


def test_a_web_app_button_gives_signed_data(call, chat):
    rows = [[{"text": "Открыть", "web_app": {"url": "http://127.0.0.1:8000/miniapp/"}}]]
    card = call("sendMessage", chat_id=chat.person, text="x", reply_markup={"inline_keyboard": rows})[
        "result"
    ]
    opened = chat.press(card, "Открыть")
    assert opened["full_url"].startswith("http://127.0.0.1:8000/miniapp/#tgWebAppData=user%3D")
    assert "query_id" in parse_qs(opened["init_data"])


def test_commands_follow_scope_and_language(call, api):
    person = api.create_person("Ann", language_code="en")
    call("setMyCommands", commands=[{"command": "start", "description": "Начать"}])
    call("setMyCommands", commands=[{"command": "start", "description": "Begin"}], language_code="en")
    assert api.chat("support", person).read()["commands"][0]["description"] == "Begin"
    assert call("setMyCommands", commands=[{"command": "Bad!", "description": "x"}])["description"].endswith(
        "BOT_COMMAND_INVALID"
    )


def test_other_pages_cannot_send(sandbox, chat):
    path = f"{sandbox.url}/sandbox/api{chat.path}/text"
    assert (
        httpx.post(path, content='{"text": "x"}', headers={"Content-Type": "text/plain"}).status_code == 415
    )
    assert httpx.post(path, json={"text": "x"}, headers={"Origin": "https://evil.example"}).status_code == 403
    assert httpx.get(sandbox.url, headers={"Host": "evil.example:80"}).status_code == 403


def test_a_file_is_never_run_by_a_browser(sandbox, chat):
    message = chat.send_document("x.html", b"<script>alert(1)</script>")
    url = next(m for m in chat.messages() if m["message_id"] == message["message_id"])["file_url"]
    headers = httpx.get(sandbox.url + url).headers
    assert headers["content-type"] == "application/octet-stream"
    assert headers["content-disposition"] == "attachment"
