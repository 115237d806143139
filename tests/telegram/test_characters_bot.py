"""The characters bot, played through the sandbox by a person."""

import pytest

from chats.models import AnalyticsEvent, Contact, Conversation, Message
from llm.demo.loading import load_demo_characters
from llm.models import Character
from telegram_bot.sandbox.client import buttons_of, text_of, wait_for

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def characters(transactional_db):
    load_demo_characters()


@pytest.fixture
def person(desk, characters):
    """Somebody's chat with the characters bot, before they have pressed Start."""
    return desk.chat("characters", desk.create_person("Мария", username="maria_i", language_code="ru"))


def mario():
    return Character.objects.get(slug="mario")


def events():
    return list(AnalyticsEvent.objects.order_by("pk").values_list("event", flat=True))


def talk_to(person, slug="mario"):
    """The person has chosen, and has read the greeting."""
    person.start(slug)
    return person.wait_for_bot(Character.objects.get(slug=slug).greeting[:30])


def test_start_registers_and_explains_with_a_button_to_the_mini_app(person):
    person.start()
    welcome = person.wait_for_bot("Выберите, с кем начать")
    button = welcome["reply_markup"]["inline_keyboard"][0][0]
    assert button["web_app"]["url"].endswith("/miniapp/")
    contact = Contact.objects.get(channel="character")
    assert (contact.external_id, contact.name, contact.username) == (str(person.person), "Мария", "maria_i")
    assert events() == ["registered"]


def test_person_is_registered_once(person):
    for _ in range(2):
        person.start()
        person.wait_for_bot("Выберите")
    assert events() == ["registered"]


def test_deep_link_chooses_at_once(person):
    talk_to(person, "einstein")
    assert events() == ["registered", "character chosen"]
    chosen = AnalyticsEvent.objects.get(event="character chosen")
    assert chosen.properties == {"character": "einstein", "source": "link"}


def test_deep_link_to_nobody_offers_everybody(person):
    person.start("darth-vader")
    assert buttons_of(person.wait_for_bot("Такого персонажа здесь нет")) == ["Выбрать персонажа"]


def test_message_is_answered_by_the_character_with_buttons_under_it(person):
    talk_to(person)
    person.send("Как тебя зовут?")
    answer = person.wait_for_bot()
    assert buttons_of(answer) == ["Другой ответ", "Продолжай", "Сменить персонажа"]
    stored = Message.objects.get(author="bot", answers__isnull=False)
    assert stored.conversation.character == mario()
    assert stored.answers == Message.objects.get(author="visitor").seq


def test_events_of_a_message_follow_one_another_and_hold_no_text(person):
    talk_to(person)
    person.send("Как тебя зовут?")
    person.wait_for_bot()
    wait_for(lambda: len(events()) == 5)
    assert events()[2:] == ["request sent", "response received", "reply delivered"]
    assert set(AnalyticsEvent.objects.values_list("user_id", flat=True)) == {str(person.person)}
    assert "зовут" not in str(list(AnalyticsEvent.objects.values_list("properties", flat=True)))


def test_each_message_gets_an_answer_of_its_own_in_order(person):
    talk_to(person)
    for number in range(3):
        person.send(f"Вопрос {number}")
    wait_for(lambda: Message.objects.filter(author="bot", answers__isnull=False).count() == 3)
    answered = Message.objects.filter(author="bot", answers__isnull=False).order_by("seq")
    asked = Message.objects.filter(author="visitor").order_by("seq")
    assert [one.answers for one in answered] == [one.seq for one in asked]
    wait_for(lambda: events().count("reply delivered") == 3)


def test_message_before_the_choice_is_kept_and_answered_after_it(person):
    person.send("Кто самый сильный?")
    person.send_sticker("🐈")
    person.wait_for_bot("Сообщение сохранено")
    assert "request sent" not in events()
    talk_to(person)
    answer = person.wait_for_bot(lambda message: "Другой ответ" in buttons_of(message))
    assert answer
    conversation = Conversation.objects.get()
    assert conversation.character == mario()
    assert list(conversation.messages.filter(author="visitor").values_list("text", flat=True)) == [
        "Кто самый сильный?",
        "[стикер: 🐈]",
    ]
    assert events().count("request sent") == 1


def test_history_is_kept_for_each_character(person):
    talk_to(person, "mario")
    person.send("Привет, Марио")
    person.wait_for_bot()
    talk_to(person, "einstein")
    person.send("Привет, Альберт")
    person.wait_for_bot()
    talk_to(person, "mario")
    assert Conversation.objects.count() == 2
    said = Message.objects.filter(conversation__character=mario(), author="visitor")
    assert [message.text for message in said] == ["Привет, Марио"]


def test_reset_forgets(person):
    talk_to(person)
    person.send("Запомни слово: брусника")
    person.wait_for_bot()
    person.send("/reset")
    person.wait_for_bot("Марио слушает вас, как в первый раз")
    person.send("Какое слово?")
    person.wait_for_bot(lambda message: "Другой ответ" in buttons_of(message))
    before, after = Conversation.objects.order_by("pk")
    assert (before.state, before.closed_by, after.state) == ("closed", "reset", "bot")
    assert after.character == mario()


def test_reset_before_any_talk(person):
    person.send("/reset")
    person.wait_for_bot("Забывать пока нечего")


def test_another_answer_replaces_the_last(person):
    talk_to(person)
    person.send("Как дела?")
    answer = person.wait_for_bot(lambda message: "Другой ответ" in buttons_of(message))
    pressed = person.press(answer, "Другой ответ")
    assert "иначе" in person.wait_for_callback_answer(pressed)["text"]
    wait_for(lambda: Message.objects.filter(author="bot", answers__isnull=False).count() == 2)
    asked = Message.objects.get(author="visitor")
    assert set(
        Message.objects.filter(author="bot").exclude(answers=None).values_list("answers", flat=True)
    ) == {asked.seq}


def test_another_answer_to_an_old_message_is_refused(person):
    talk_to(person)
    person.send("Раз")
    first = person.wait_for_bot(lambda message: "Другой ответ" in buttons_of(message))
    person.send("Два")
    person.wait_for_bot(lambda message: "Другой ответ" in buttons_of(message))
    pressed = person.press(first, "Другой ответ")
    assert "не последний" in person.wait_for_callback_answer(pressed)["text"]


@pytest.mark.parametrize(
    "data", ["again:1", "again:x", "again:" + "9" * 40, "choose:nobody", "more", "human", "€"]
)
def test_forged_callback_data_is_answered_and_changes_nothing(person, data):
    person.start()
    welcome = person.wait_for_bot("Выберите")
    pressed = person.press(welcome, data=data, force=True)
    assert person.wait_for_callback_answer(pressed)["text"]
    assert not Conversation.objects.exists()


def test_answer_of_somebody_else_cannot_be_asked_anew(desk, person):
    talk_to(person)
    person.send("Как дела?")
    person.wait_for_bot(lambda message: "Другой ответ" in buttons_of(message))
    theirs = Message.objects.get(author="bot", answers__isnull=False)
    other = desk.chat("characters", desk.create_person("Иван"))
    greeting = talk_to(other)
    pressed = other.press(greeting, data=f"again:{theirs.pk}", force=True)
    assert "не последний" in other.wait_for_callback_answer(pressed)["text"]


def test_continue_asks_to_go_on(person):
    talk_to(person)
    person.send("Расскажи сказку")
    answer = person.wait_for_bot(lambda message: "Продолжай" in buttons_of(message))
    person.press(answer, "Продолжай")
    wait_for(lambda: Message.objects.filter(author="bot", answers__isnull=False).count() == 2)
    assert Message.objects.filter(author="visitor").latest("seq").text == "Продолжай."


def test_nobody_can_be_called_here(person):
    talk_to(person)
    person.send("Позовите оператора!")
    person.wait_for_bot(lambda message: "Другой ответ" in buttons_of(message))
    assert Conversation.objects.get().state == "bot"


def test_character_that_was_taken_away_has_to_be_replaced(person):
    talk_to(person)
    Character.objects.filter(slug="mario").update(active=False)
    person.send("Ты тут?")
    person.wait_for_bot("Сначала выберите")


def test_english_is_spoken_to_the_english(desk, characters):
    john = desk.chat("characters", desk.create_person("John", language_code="en"))
    john.start()
    assert buttons_of(john.wait_for_bot("Choose whom to begin with")) == ["Choose a character"]
    john.send("/help")
    john.wait_for_bot("/reset — forget")
    john.start("mario")
    john.wait_for_bot(mario().greeting_en[:30])


def test_without_https_the_characters_themselves_are_the_buttons(characters, settings, post_update):
    settings.TELEGRAM_API_URL, settings.PUBLIC_URL = "https://api.telegram.org", "http://127.0.0.1:8000"
    user = {"id": 7000000011, "is_bot": False, "first_name": "Мария"}
    message = {
        "message_id": 1,
        "date": 1,
        "chat": {"id": user["id"], "type": "private"},
        "from": user,
        "text": "/menu",
    }
    post_update({"update_id": 1, "message": message}, bot="characters")
    from chats.models import Delivery

    rows = Delivery.objects.get().payload["params"]["reply_markup"]["inline_keyboard"]
    assert rows[0][0] == {"text": "Марио", "callback_data": "choose:mario"}
    query = {"id": "1", "from": user, "chat_instance": "1", "data": "choose:mario"}
    post_update({"update_id": 2, "callback_query": query}, bot="characters")
    assert Message.objects.get().text == mario().greeting


def test_menu_offers_again_and_greeting_is_plain(person):
    greeting = talk_to(person)
    assert text_of(greeting) == mario().greeting
    assert buttons_of(greeting) == []
    person.send("/menu")
    assert buttons_of(person.wait_for_bot("С кем поговорим")) == ["Выбрать персонажа"]


def test_start_up_tells_telegram_the_commands_and_the_menu_button(desk):
    bot = desk.bot("characters")
    assert bot["menu_button"]["web_app"]["url"].endswith("/miniapp/")
    assert "menu" in str(bot["commands"])
