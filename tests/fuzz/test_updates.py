"""Updates of the Bot API with anything in them: the webhook never fails, and what is well formed is settled at once."""

import json
from itertools import count

import pytest
from hypothesis import given
from hypothesis import strategies as st

from llm.demo.loading import load_demo_characters
from telegram_bot.updates import handle_update
from tests.fuzz.budget import bounded
from tests.fuzz.test_parsers import json_values
from tests.telegram.conftest import SECRET, TOKENS

pytestmark = pytest.mark.django_db
_ids = count(1)

people = st.fixed_dictionaries(
    {"id": st.integers(1, 5), "is_bot": st.just(False), "first_name": st.text(max_size=64)},
    optional={
        "username": st.text(max_size=32),
        "language_code": st.sampled_from(["ru", "en", "", "xx-YY", "ё"]),
    },
)
words = st.text(max_size=80) | st.sampled_from(
    [
        "/start",
        "/operator",
        "/start x y",
        "/stop",
        "/finish",
        "/queue",
        "/",
        "/start@bot",
        "позовите оператора",
        "/help" * 9,
    ]
)
content = st.one_of(
    st.fixed_dictionaries({"text": words}),
    st.fixed_dictionaries({"caption": words, "photo": st.just([])}),
    st.fixed_dictionaries({"location": st.just({"latitude": 1.0, "longitude": 2.0})}),
    st.just({"new_chat_title": "x"}),
    st.just({}),
)


@st.composite
def messages(draw) -> dict:
    """A message of a private chat or of a group."""
    person = draw(people)
    chat = draw(
        st.sampled_from([{"id": person["id"], "type": "private"}, {"id": -5, "type": "group", "title": "x"}])
    )
    return {
        "message_id": draw(st.integers(1, 9)),
        "date": 1_800_000_000,
        "chat": chat,
        "from": person,
    } | draw(content)


@st.composite
def updates(draw) -> dict:
    """An update as the Bot API documents it."""
    kind = draw(st.sampled_from(["message", "message", "edited_message", "callback_query", "my_chat_member"]))
    body = message = draw(messages())
    if kind == "callback_query":
        data = st.text(max_size=64) | st.tuples(
            st.sampled_from(
                [
                    "claim",
                    "to",
                    "finish",
                    "bot",
                    "transfer",
                    "history",
                    "send",
                    "off",
                    "operator",
                    "character",
                ]
            ),
            st.text(max_size=12) | st.integers().map(str),
        ).map(":".join)
        body = {
            "id": "1",
            "from": message["from"],
            "chat_instance": "1",
            "message": message,
            "data": draw(data),
        }
    elif kind == "my_chat_member":
        member = st.sampled_from(["member", "kicked", "left"]).map(
            lambda status: {"status": status, "user": message["from"], "until_date": 0}
        )
        body = {"chat": message["chat"], "from": message["from"], "date": 1_800_000_000,
                "old_chat_member": draw(member), "new_chat_member": draw(member)}  # fmt: skip
    return {"update_id": next(_ids), kind: body}


@pytest.fixture(autouse=True)
def _bots(settings, monkeypatch):
    settings.TELEGRAM_WEBHOOK_SECRET, settings.TELEGRAM_BOT_TOKENS = SECRET, TOKENS
    monkeypatch.setattr("chats.hints._send", lambda *args, **kwargs: None)
    load_demo_characters()


@pytest.mark.parametrize("bot", list(TOKENS))
@bounded(60)
@given(update=updates())
def test_an_update_of_the_documented_form_is_settled_at_once(bot, update):
    assert handle_update(bot, update) is True


@pytest.mark.parametrize("bot", list(TOKENS))
@bounded(60)
@given(update=updates(), spoilt=st.lists(st.tuples(st.integers(0, 30), json_values), max_size=3))
def test_a_spoilt_update_is_answered(client, bot, update, spoilt):
    for at, value in spoilt:
        _spoil(update, at, value)
    answer = client.post(
        f"/telegram/{bot}/webhook",
        json.dumps(update),
        content_type="application/json",
        headers={"X-Telegram-Bot-Api-Secret-Token": SECRET},
    )
    assert answer.status_code in {200, 400, 503}  # 503: to be brought again, at most five times


def _spoil(update: dict, at: int, value) -> None:
    """Puts a value in the place of one of the fields, however deep."""
    places = []

    def walk(inner: dict) -> None:
        for key, below in list(inner.items()):
            places.append((inner, key))
            if isinstance(below, dict):
                walk(below)

    walk(update)
    inner, key = places[at % len(places)]
    inner[key] = value
