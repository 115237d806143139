"""The support bot, played through the sandbox by a person: real web server, real worker, real HTTP."""

import pytest

from chats.conversations import claim
from chats.models import Contact, Conversation, Message
from telegram_bot.sandbox.client import buttons_of, text_of, wait_for

pytestmark = pytest.mark.django_db(transaction=True)


def notes():
    return list(Message.objects.filter(author="visitor").order_by("seq").values_list("text", flat=True))


def hold(visitor):
    """An operator has claimed the visitor's conversation."""
    visitor.send("/operator")
    visitor.wait_for_bot("Переключаю на человека")
    conversation = Conversation.objects.get()
    return claim(conversation_id=conversation.pk, channel="operator", address="7000000002", name="Олег")


def test_start_greets_in_the_language_of_the_person(desk, visitor):
    john = desk.chat("support", desk.create_person("John", language_code="en"))
    visitor.start()
    john.start()
    assert "Здравствуйте" in text_of(visitor.wait_for_bot())
    assert "Hello" in text_of(john.wait_for_bot())


def test_text_is_answered_by_the_bot(visitor):
    visitor.start()
    visitor.wait_for_bot("Здравствуйте")
    visitor.send("Здравствуйте!")
    visitor.wait_for_bot()
    conversation = Conversation.objects.get()
    assert conversation.contact.channel == "telegram"
    assert conversation.answered_seq >= 1


def test_contact_follows_the_person(desk, visitor):
    visitor.start()
    visitor.wait_for_bot()
    contact = Contact.objects.get()
    assert (contact.name, contact.username, contact.language) == ("Мария Иванова", "maria_i", "ru")
    desk.change_person(visitor.person, first_name="Maria", username="maria_new", language_code="en")
    visitor.send("/help")
    visitor.wait_for_bot("Just write")
    contact.refresh_from_db()
    assert (contact.name, contact.username, contact.language) == ("Maria Иванова", "maria_new", "en")


def test_operator_command_calls_a_human_and_bot_takes_back(visitor):
    visitor.send("/operator")
    notice = visitor.wait_for_bot("Переключаю на человека")
    assert buttons_of(notice) == ["Вернуться к боту"]
    visitor.send("/operator")
    visitor.wait_for_bot("уже позван")
    visitor.send("/bot")
    visitor.wait_for_bot("снова отвечает бот")
    visitor.send("/bot")
    visitor.wait_for_bot("и так отвечает бот")


def test_button_takes_back_and_vanishes(visitor):
    visitor.send("позовите оператора")
    notice = visitor.wait_for_bot("Переключаю на человека")
    visitor.press(notice, "Вернуться к боту")
    visitor.wait_for_bot("снова отвечает бот")
    visitor.wait_for_edit(notice, lambda message: not buttons_of(message))
    assert Conversation.objects.get().state == "bot"


def test_unknown_callback_data_is_answered(visitor):
    visitor.send("/operator")
    notice = visitor.wait_for_bot("Переключаю на человека")
    pressed = visitor.press(notice, data="claim:1; DROP TABLE", force=True)
    assert "больше не работает" in visitor.wait_for_callback_answer(pressed)["text"]


def test_unknown_command_is_explained(visitor):
    visitor.send("/abracadabra")
    visitor.wait_for_bot("/operator — позвать человека")
    assert not Conversation.objects.exists()


@pytest.mark.parametrize(
    ("act", "note"),
    [
        (lambda chat: chat.send_sticker("🐈"), "[стикер: 🐈]"),
        (lambda chat: chat.send_photo("вот что пришло"), "[фото] вот что пришло"),
        (lambda chat: chat.send_voice(), "[голосовое сообщение]"),
        (lambda chat: chat.send_document("чек.pdf", b"x"), "[файл: чек.pdf]"),
        (lambda chat: chat.act("location", latitude=55.75, longitude=37.61), "[геопозиция: 55.75"),
    ],
)
def test_what_is_not_text_is_kept_as_a_note(visitor, act, note):
    act(visitor)
    visitor.wait_for_bot("понимаю только текст")
    assert notes()[0].startswith(note)


def test_note_is_not_answered_by_the_llm_and_reaches_the_operator(desk, visitor):
    hold(visitor)
    operator = desk.chat("operators", desk.create_person("Олег", id=7000000002))
    visitor.send_sticker("🐈")
    visitor.wait_for_bot("понимаю только текст")
    relayed = wait_for(
        lambda: [
            call for call in desk.calls(bot="operators", method="sendMessage") if "🐈" in str(call["params"])
        ]
    )
    assert "Мария Иванова" in str(relayed[0]["params"])
    assert operator is not None


def test_album_is_refused_once(visitor):
    for number in range(3):
        visitor.send_photo(f"фото {number}" if number == 0 else "")
    wait_for(lambda: len(notes()) == 3)
    visitor.send("/help")
    visitor.wait_for_bot("/operator — позвать человека")
    assert sum("понимаю только текст" in text for text in visitor.bot_texts()) == 1


def test_correction_is_kept_as_a_message_of_its_own(visitor):
    sent = visitor.send("Сколько стоит доставка в Тверь?")
    visitor.wait_for_bot()
    visitor.edit(sent, "Сколько стоит доставка в Томск?")
    wait_for(lambda: len(notes()) == 2)
    assert notes()[1] == "исправлено: Сколько стоит доставка в Томск?"


def test_edit_without_a_change_of_words_is_not_a_correction(desk, visitor):
    sent = visitor.send("Сколько стоит доставка?")
    visitor.wait_for_bot()
    person = next(one for one in desk.people() if one["id"] == visitor.person)
    edited = sent | {"edit_date": sent["date"] + 5, "from": person, "chat": sent["chat"]}
    desk.send_update("support", {"edited_message": edited})
    desk.wait_until_delivered("support")
    assert notes() == ["Сколько стоит доставка?"]


def test_longest_text_of_telegram_is_kept_whole(visitor):
    text = ("слово " * 683)[:4096]
    visitor.send(text)
    wait_for(lambda: sum(len(note) for note in notes()) >= 4090)
    assert " ".join(notes()).split() == text.split()


def test_operator_is_named_to_the_visitor_and_html_is_shown_as_text(visitor):
    from chats.inbox import receive_operator_message

    conversation = hold(visitor)
    receive_operator_message(
        conversation_id=conversation.pk, channel="operator", address="7000000002", text="<b>Да</b> & <script>"
    )
    assert text_of(visitor.wait_for_bot("script")) == "Олег\n<b>Да</b> & <script>"


def test_blocking_is_remembered_and_unblocking_too(visitor):
    visitor.start()
    visitor.wait_for_bot()
    visitor.block()
    wait_for(lambda: Contact.objects.get().meta.get("blocked") is True)
    visitor.unblock()
    wait_for(lambda: Contact.objects.get().meta.get("blocked") is False)


def test_group_is_refused_politely_and_its_messages_ignored(desk, visitor):
    group = {"id": -100123456, "type": "supergroup", "title": "Группа"}
    person = next(one for one in desk.people() if one["id"] == visitor.person)
    message = {"message_id": 1, "date": 1_700_000_000, "chat": group, "from": person, "text": "всем привет"}
    desk.send_update("support", {"message": message}, force=True)
    desk.wait_until_delivered("support")
    assert not Contact.objects.exists()
