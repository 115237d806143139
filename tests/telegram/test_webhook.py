"""The webhook's door: who may come in, what is an update, and that each is handled once."""

import itertools
import json
import threading

import pytest
from django.db import OperationalError, connection
from django.test import Client

from chats.models import Contact, Message
from telegram_bot import updates
from telegram_bot.bots import support
from telegram_bot.models import TelegramUpdate

pytestmark = pytest.mark.django_db(transaction=True)
PERSON = {"id": 7000000009, "is_bot": False, "first_name": "Мария", "language_code": "ru"}


def text_update(update_id=1, text="Где мой заказ?", **message):
    chat = {"id": PERSON["id"], "type": "private", "first_name": "Мария"}
    base = {"message_id": update_id, "date": 1_700_000_000, "chat": chat, "from": PERSON, "text": text}
    return {"update_id": update_id, "message": base | message}


@pytest.mark.parametrize("slash", ["", "/"])
@pytest.mark.parametrize("bot", ["support", "operators", "characters"])
def test_it_takes_an_update_of_each_bot(post_update, bot, slash):
    answer = post_update({"update_id": 1}, bot=bot, path="/telegram/{bot}/webhook" + slash)
    assert answer.status_code == 200


@pytest.mark.parametrize("secret", [None, "", "wrong", "test-webhook-secret ", "тест"])
def test_it_refuses_whoever_does_not_know_the_secret(post_update, secret):
    assert post_update(text_update(), secret=secret).status_code == 403
    assert not TelegramUpdate.objects.exists()


def test_it_refuses_everybody_while_no_secret_is_set(post_update, settings):
    settings.TELEGRAM_WEBHOOK_SECRET = ""
    assert post_update(text_update(), secret="").status_code == 403


def test_it_knows_no_other_bot(post_update):
    assert post_update(text_update(), path="/telegram/nobody/webhook").status_code == 404


def test_it_takes_posts_only(client):
    assert client.get("/telegram/support/webhook").status_code == 405


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"not json",
        b"\xff\xfe{}",
        b"[]",
        b"null",
        b"{}",
        b'{"update_id": "1"}',
        b'{"update_id": true}',
        b'{"update_id": -1}',
        b'{"update_id": 1e300}',
        b'{"update_id": NaN}',
        b'{"update_id": 99999999999999999999999}',
        b'{"update_id": ' + b"9" * 5000 + b"}",
        b"[" * 100_000,
        b'{"update_id": 1, "message": ' + b'{"a":' * 50_000,
    ],
)
def test_it_answers_400_to_what_is_no_update(post_update, body):
    assert post_update(body).status_code == 400


def test_it_answers_413_to_what_is_too_large(post_update):
    assert post_update(text_update(text="я" * 600_000)).status_code == 413


@pytest.mark.parametrize("kind", ["channel_post", "inline_query", "poll_answer", "something_new"])
def test_it_ignores_kinds_that_it_did_not_ask_for(post_update, kind):
    chat = {"id": -100, "type": "channel", "title": "x"}
    body = {"message_id": 1, "date": 1, "chat": chat, "id": "1", "from": PERSON, "query": "", "offset": "",
            "poll_id": "1", "option_ids": [0], "option_persistent_ids": ["0"]}  # fmt: skip
    assert post_update({"update_id": 5, kind: body}).status_code == 200


def test_it_stores_nul_and_lone_surrogates_as_nothing(post_update):
    raw = json.dumps(text_update(text="a\x00б")).replace("0431", "0431\\ud800").encode()
    assert post_update(raw).status_code == 200
    assert Message.objects.get().text == "aб"


def test_redelivered_update_changes_nothing(post_update):
    for _ in range(3):
        assert post_update(text_update()).status_code == 200
    assert Message.objects.count() == 1


def test_same_update_id_of_another_bot_is_another_update(post_update):
    post_update(text_update(), bot="support")
    post_update(text_update(), bot="characters")
    assert set(Contact.objects.values_list("channel", flat=True)) == {"telegram", "character"}


def test_ten_deliveries_of_one_update_at_once_take_effect_once(settings):
    settings.TELEGRAM_WEBHOOK_SECRET = "s"
    together, statuses = threading.Barrier(10), []

    def deliver():
        client = Client()
        together.wait()
        answer = client.post(
            "/telegram/support/webhook",
            text_update(),
            content_type="application/json",
            headers={"X-Telegram-Bot-Api-Secret-Token": "s"},
        )
        statuses.append(answer.status_code)
        connection.close()

    threads = [threading.Thread(target=deliver) for _ in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert statuses == [200] * 10
    assert Message.objects.count() == 1


def test_failed_update_leaves_nothing_half_done_and_is_given_up_after_five_times(post_update, monkeypatch):
    def store_and_fail(update):
        support._on_message(update.message)
        raise RuntimeError("a bug\x00")

    monkeypatch.setattr(support, "handle", store_and_fail)
    statuses = [post_update(text_update()).status_code for _ in range(6)]
    assert statuses == [503] * 4 + [200] * 2
    assert not Message.objects.exists()
    failed = TelegramUpdate.objects.failed().get()
    assert (failed.attempts, failed.error) == (5, "RuntimeError: a bug")
    assert failed.data["message"]["text"] == "Где мой заказ?"


def test_failed_update_takes_effect_once_what_was_wrong_is_mended(post_update, monkeypatch):
    calls = itertools.count()
    handle = support.handle

    def fail_twice(update):
        if next(calls) < 2:
            raise RuntimeError("not yet")
        handle(update)

    monkeypatch.setattr(support, "handle", fail_twice)
    assert [post_update(text_update()).status_code for _ in range(4)] == [503, 503, 200, 200]
    assert Message.objects.count() == 1


def test_update_that_met_a_database_outage_is_never_given_up(post_update, monkeypatch):
    handle, calls = support.handle, itertools.count()

    def lose_the_connection_six_times(update):
        if next(calls) < 6:
            raise OperationalError("server closed the connection unexpectedly")
        handle(update)

    monkeypatch.setattr(support, "handle", lose_the_connection_six_times)
    assert [post_update(text_update()).status_code for _ in range(8)] == [503] * 6 + [200] * 2
    assert Message.objects.count() == 1
    assert TelegramUpdate.objects.get().attempts == 0


def test_given_up_update_can_be_handled_again(post_update, monkeypatch):
    handle = support.handle
    monkeypatch.setattr(support, "handle", lambda update: 1 / 0)
    for _ in range(5):
        post_update(text_update())
    monkeypatch.setattr(support, "handle", handle)
    assert updates.retry_failed(update_ids=[TelegramUpdate.objects.get().pk]) == 1
    assert Message.objects.get().text == "Где мой заказ?"


def test_misshapen_update_is_given_up_and_not_a_500(post_update):
    statuses = [post_update({"update_id": 3, "message": {"text": "x"}}).status_code for _ in range(5)]
    assert statuses[-1] == 200
    assert 500 not in statuses


def test_old_updates_are_forgotten_and_failed_ones_kept_longer(post_update):
    for update_id in (1, 2, 3):
        post_update({"update_id": update_id})
    long_ago = TelegramUpdate.objects.get(update_id=1).created_at - updates.KEPT * 1.1
    TelegramUpdate.objects.filter(update_id__lt=3).update(created_at=long_ago)
    TelegramUpdate.objects.filter(update_id=2).update(state="failed")
    assert updates.forget_old_updates() == 1
    assert set(TelegramUpdate.objects.values_list("update_id", flat=True)) == {2, 3}
