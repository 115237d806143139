"""Fetching updates with getUpdates: nothing is lost, nothing takes effect twice."""

import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from chats.models import Message
from telegram_bot.bots import support
from telegram_bot.models import TelegramUpdate
from telegram_bot.polling import Poller, Trouble
from telegram_bot.registration import register
from telegram_bot.sandbox.client import wait_for

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def polling(telegram, settings):
    settings.TELEGRAM_MODE = "polling"
    return telegram


@pytest.fixture
def chat(polling):
    return polling.chat("support", polling.create_person("Мария", language_code="ru"))


def texts():
    return list(Message.objects.filter(author="visitor").order_by("seq").values_list("text", flat=True))


def test_updates_are_handled_in_order(polling, chat):
    for number in range(5):
        chat.send(f"Сообщение {number}")
    poller = Poller("support")
    while len(texts()) < 5:
        poller.poll_once(timeout=1)
    assert texts() == [f"Сообщение {number}" for number in range(5)]


def test_offset_moves_only_after_the_update_is_settled(polling, chat, monkeypatch):
    chat.send("Раз")
    handle = support.handle
    monkeypatch.setattr(support, "handle", lambda update: 1 / 0)
    poller = Poller("support")
    with pytest.raises(Trouble):
        poller.poll_once(timeout=1)
    assert poller.offset is None
    monkeypatch.setattr(support, "handle", handle)
    poller.poll_once(timeout=1)
    assert texts() == ["Раз"]


def test_update_that_always_fails_does_not_block_the_rest(polling, chat, monkeypatch):
    chat.send("Плохое")
    chat.send("Хорошее")
    handle = support.handle

    def fail_on_bad(update):
        if update.message.text == "Плохое":
            raise RuntimeError
        handle(update)

    monkeypatch.setattr(support, "handle", fail_on_bad)
    poller = Poller("support")
    for _ in range(4):
        with pytest.raises(Trouble):
            poller.poll_once(timeout=1)
    poller.poll_once(timeout=1)
    assert texts() == ["Хорошее"]
    assert TelegramUpdate.objects.failed().count() == 1


def test_another_poller_that_starts_anew_changes_nothing(polling, chat):
    chat.send("Раз")
    Poller("support").poll_once(timeout=1)
    Poller("support").poll_once(timeout=1)
    assert texts() == ["Раз"]


def test_registered_webhook_is_removed_in_polling_mode(polling, settings):
    settings.TELEGRAM_MODE = "webhook"
    register("support")
    assert polling.bot("support")["webhook"]["url"].endswith("/telegram/support/webhook")
    settings.TELEGRAM_MODE = "polling"
    register("support")
    assert polling.bot("support")["webhook"]["url"] == ""


def test_registering_tells_secret_kinds_and_commands(telegram, settings):
    call_command("register_webhooks", wait=5)
    call = telegram.calls(bot="support", method="setWebhook")[-1]
    assert call["params"]["secret_token"] == settings.TELEGRAM_WEBHOOK_SECRET
    assert "callback_query" in str(call["params"]["allowed_updates"])
    assert telegram.bot("support")["commands"]


def test_registering_waits_for_a_telegram_that_is_away_for_a_moment(telegram):
    telegram.fault("error", code=502, methods=["setWebhook"], times=2)
    call_command("register_webhooks", wait=20)
    assert telegram.bot("support")["webhook"]["url"]


def test_registering_gives_up_with_one_clear_line(settings):
    settings.TELEGRAM_API_URL = "http://127.0.0.1:9"
    settings.TELEGRAM_BOT_TOKENS = {"support": "1:x"}
    with pytest.raises(CommandError, match="the support bot could not be registered"):
        call_command("register_webhooks", wait=0)


def test_without_tokens_polling_ends_with_one_clear_line(settings):
    settings.TELEGRAM_BOT_TOKENS = {"support": ""}
    with pytest.raises(CommandError, match="no bot has a token"):
        call_command("poll_telegram")


def test_poller_comes_back_after_an_outage(polling, chat, monkeypatch):
    monkeypatch.setattr("telegram_bot.polling.LONGEST_PAUSE", 0.1)
    polling.fault("error", code=500, methods=["getUpdates"], times=3)
    chat.send("Раз")
    poller = Poller("support")
    poller.start()
    try:
        wait_for(lambda: texts() == ["Раз"], 20)
    finally:
        poller.stop()


def test_stop_waits_for_the_update_in_hand(polling, chat, monkeypatch):
    begun, go_on, handle = threading.Event(), threading.Event(), support.handle

    def slow(update):
        begun.set()
        go_on.wait(10)
        handle(update)

    monkeypatch.setattr(support, "handle", slow)
    chat.send("Раз")
    poller = Poller("support")
    poller.start()
    assert begun.wait(20)
    threading.Timer(0.2, go_on.set).start()
    poller.stop()
    assert texts() == ["Раз"]


def test_command_polls_every_bot_and_ends_on_sigterm(polling, chat, process_environment, tmp_path):
    log = tmp_path / "log"
    environment = process_environment | {"TELEGRAM_MODE": "polling"}
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "manage.py", "poll_telegram"],
            env=environment,
            cwd=Path(__file__).parents[2],
            stdout=output,
            stderr=output,
        )
    try:
        chat.send("Где заказ?")
        wait_for(lambda: texts() == ["Где заказ?"], 40)
        process.send_signal(signal.SIGTERM)
        assert process.wait(20) == 0
    finally:
        process.kill()
    assert os.environ.get("TELEGRAM_SUPPORT_BOT_TOKEN") is None
