"""What leaves through Telegram: one loop thread, errors in the engine's words, order, drafts that end in time."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from chats.channels import PermanentDeliveryError, TemporaryDeliveryError, get_channel
from chats.models import Delivery
from chats.outbox import flush_address
from telegram_bot import outgoing, sender, writing
from telegram_bot.outgoing import Button
from telegram_bot.sandbox.client import buttons_of, text_of, wait_for

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def chat(telegram):
    """Maria's chat with the support bot, started; nothing of ours runs but what the test calls."""
    chat = telegram.chat("support", telegram.create_person("Мария"))
    chat.start()
    return chat


def send(chat, text="Привет", **params):
    return sender.call("support", "sendMessage", {"chat_id": chat.person, "text": text} | params)


def flush(chat):
    return flush_address(channel="telegram", address=str(chat.person))


class TestErrors:
    @pytest.mark.parametrize("code", [500, 502, 503])
    def test_server_error_is_temporary(self, telegram, chat, code):
        telegram.fault("error", code=code, times=1)
        with pytest.raises(TemporaryDeliveryError):
            send(chat)

    def test_429_says_how_long_to_wait(self, telegram, chat):
        telegram.fault("error", code=429, retry_after=7, times=1)
        with pytest.raises(TemporaryDeliveryError) as caught:
            send(chat)
        assert caught.value.retry_after == timedelta(seconds=7)

    @pytest.mark.parametrize("kind", ["refuse", "close"])
    def test_lost_connection_is_temporary(self, telegram, chat, kind):
        telegram.fault(kind, times=1)
        with pytest.raises(TemporaryDeliveryError):
            send(chat)

    def test_slow_answer_is_temporary(self, telegram, chat, monkeypatch, settings):
        settings.TELEGRAM_API_URL = settings.TELEGRAM_API_URL.replace(
            "127.0.0.1", "localhost"
        )  # a Bot of its own
        monkeypatch.setattr(sender, "READ_TIMEOUT", 0.3)
        telegram.fault("slow", seconds=2, times=1)
        with pytest.raises(TemporaryDeliveryError):
            send(chat)

    def test_nobody_listening_is_temporary(self, chat, settings):
        settings.TELEGRAM_API_URL = "http://127.0.0.1:9"
        with pytest.raises(TemporaryDeliveryError):
            send(chat)

    def test_blocked_bot_is_permanent(self, chat):
        chat.block()
        with pytest.raises(PermanentDeliveryError, match="blocked"):
            send(chat)

    @pytest.mark.parametrize(
        "params", [{"text": ""}, {"text": "<b>", "parse_mode": "HTML"}, {"text": "x" * 4097}]
    )
    def test_what_telegram_refuses_is_permanent(self, chat, params):
        with pytest.raises(PermanentDeliveryError):
            send(chat, **params)

    def test_wrong_token_is_temporary_for_an_admin_may_mend_it(self, chat, settings):
        settings.TELEGRAM_BOT_TOKENS = {"support": "1000001:wrong"}
        with pytest.raises(TemporaryDeliveryError):
            send(chat)

    def test_missing_token_is_temporary(self, chat, settings):
        settings.TELEGRAM_BOT_TOKENS = {}
        with pytest.raises(TemporaryDeliveryError):
            send(chat)

    def test_edit_that_changes_nothing_is_a_success(self, chat):
        sent = send(chat)
        params = {"chat_id": chat.person, "message_id": sent.message_id, "text": "Привет"}
        assert sender.call("support", "editMessageText", params) is None

    def test_callback_that_nobody_waits_for_is_a_success(self, chat):
        assert sender.call("support", "answerCallbackQuery", {"callback_query_id": "77"}) is None


def test_three_hundred_threads_share_one_loop(telegram):
    chats = [telegram.chat("support", telegram.create_person(f"Person {number}")) for number in range(20)]
    for chat in chats:
        chat.start()
    with ThreadPoolExecutor(300) as pool:
        sent = list(pool.map(lambda number: send(chats[number % 20], f"№ {number}"), range(300)))
    assert len({(message.chat_id, message.message_id) for message in sent}) == 300
    assert sum(thread.name == "telegram-sender" for thread in threading.enumerate()) == 1


class TestOutgoing:
    def test_long_text_comes_in_order_with_buttons_under_the_last(self, chat):
        text = "".join(f"Предложение номер {number}. " for number in range(400))
        buttons = [[Button(text="Да", data="yes")], [Button(text="Сайт", url="https://example.com/")]]
        outgoing.send_text(bot="support", chat_id=chat.person, text=text, dedupe_key="long", buttons=buttons)
        flush(chat)
        messages = chat.bot_messages()
        assert len(messages) == 3
        assert " ".join(text_of(message) for message in messages).split() == text.split()
        assert [buttons_of(message) for message in messages] == [[], [], ["Да", "Сайт"]]

    def test_same_key_is_sent_once(self, chat):
        for _ in range(3):
            outgoing.send_text(bot="support", chat_id=chat.person, text="Раз", dedupe_key="once")
        flush(chat)
        assert chat.bot_texts() == ["Раз"]

    def test_edit_finds_the_message_that_the_delivery_made(self, chat):
        buttons = [[Button(text="Да", data="yes")]]
        outgoing.send_text(bot="support", chat_id=chat.person, text="Было", dedupe_key="a", buttons=buttons)
        outgoing.edit_text(bot="support", delivery_key="a", text="<b>Стало</b>", dedupe_key="b", html=True)
        flush(chat)
        assert chat.bot_texts() == ["Стало"]
        assert buttons_of(chat.bot_messages()[0]) == []

    def test_edit_of_what_never_arrived_fails_by_itself(self, chat):
        outgoing.send_text(bot="support", chat_id=chat.person, text="<b>", html=True, dedupe_key="a")
        outgoing.edit_text(bot="support", delivery_key="a", text="Стало", dedupe_key="b")
        outgoing.send_text(bot="support", chat_id=chat.person, text="Дальше", dedupe_key="c")
        flush(chat)
        assert chat.bot_texts() == ["Дальше"]
        assert Delivery.objects.failed().count() == 2

    def test_document_is_a_file(self, telegram, chat):
        outgoing.send_document(
            bot="support",
            chat_id=chat.person,
            filename="разговор.txt",
            content="Мария: привет",
            caption="Весь разговор",
            dedupe_key="d",
        )
        flush(chat)
        message = chat.bot_messages()[0]
        assert (message["document"]["file_name"], text_of(message)) == ("разговор.txt", "Весь разговор")

    def test_commands_of_one_chat(self, telegram, chat):
        outgoing.set_commands(
            bot="support", chat_id=chat.person, commands=[("help", "Подсказка")], dedupe_key="commands"
        )
        flush(chat)
        assert chat.read()["commands"] == [{"command": "help", "description": "Подсказка"}]

    def test_answer_to_a_button_does_not_wait_behind_messages(self, telegram, chat):
        sent = send(chat, reply_markup={"inline_keyboard": [[{"text": "Да", "callback_data": "yes"}]]})
        pressed = chat.press(sent.message_id, "Да")
        outgoing.send_text(bot="support", chat_id=chat.person, text="Долго", dedupe_key="slow")
        outgoing.answer_callback(bot="support", callback_query_id=pressed, text="Готово")
        flush_address(channel="telegram", address=f"callback:{pressed}")
        assert chat.wait_for_callback_answer(pressed)["text"] == "Готово"
        assert "Долго" not in chat.bot_texts()


class TestWriting:
    """What is shown while the answer is being written."""

    @pytest.fixture
    def channel(self, chat, monkeypatch):
        monkeypatch.setattr(writing, "TICK", 0.05)
        channel = get_channel("telegram")
        yield channel
        channel.on_turn_end(str(chat.person))

    def test_typing_then_the_draft_as_it_grows(self, chat, channel):
        address = str(chat.person)
        channel.on_writing(address, "")
        wait_for(lambda: chat.read()["action"] == "typing")
        channel.on_writing(address, "Доставка")
        channel.on_writing(address, "Доставка стоит 300 ₽.")
        chat.wait_for_draft("300 ₽")

    def test_nothing_is_shown_after_the_turn(self, telegram, chat, channel):
        address = str(chat.person)
        channel.on_writing(address, "Доставка")
        chat.wait_for_draft("Доставка")
        channel.on_writing(address, "Доставка стоит")
        channel.on_turn_end(address)
        last = telegram.request("GET", "/calls")["last_id"]
        send(chat, "Доставка стоит 300 ₽.")
        time.sleep(0.3)  # several ticks: what must not happen would have happened by now
        assert [call["method"] for call in telegram.calls(after=last)] == ["sendMessage"]
        assert chat.read()["drafts"] == []

    def test_where_drafts_are_refused_it_says_typing(self, telegram, chat, channel):
        telegram.fault("error", code=400, methods=["sendMessageDraft"], times=100)
        channel.on_writing(str(chat.person), "Доставка")
        wait_for(lambda: chat.read()["action"] == "typing")
        assert len(telegram.calls(method="sendMessageDraft")) == 1

    def test_sending_never_waits_for_a_slow_draft(self, telegram, chat, channel):
        telegram.fault("slow", seconds=10, methods=["sendMessageDraft"], times=1)
        channel.on_writing(str(chat.person), "Доставка")
        wait_for(lambda: telegram.calls(method="sendMessageDraft") or chat.read()["drafts"])
        begun = time.monotonic()
        channel.on_turn_end(str(chat.person))
        assert time.monotonic() - begun < writing.WAIT_FOR_CALL + 1

    def test_handing_over_takes_no_time(self, telegram, chat, channel):
        telegram.fault("slow", seconds=3, times=3)
        begun = time.monotonic()
        for number in range(500):
            channel.on_writing(str(chat.person), "слово " * number)
        assert time.monotonic() - begun < 1

    def test_chat_is_spoken_to_about_once_a_tick(self, telegram, chat, channel, monkeypatch):
        monkeypatch.setattr(writing, "TICK", 0.4)
        end = time.monotonic() + 1.5
        for number in range(10_000):
            if time.monotonic() > end:
                break
            channel.on_writing(str(chat.person), f"слово {number}")
            time.sleep(0.005)
        assert 2 <= len(telegram.calls(method="sendMessageDraft")) <= 5

    def test_forgotten_turn_ends_by_itself(self, telegram, chat, channel, monkeypatch):
        monkeypatch.setattr(writing, "LONGEST", 0.2)
        channel.on_writing(str(chat.person), "")
        wait_for(lambda: not any(writer for writer in writing._writers.values() if not writer.done))
