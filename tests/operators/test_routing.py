from datetime import timedelta

import pytest
from django.utils import timezone

from chats.conversations import claim, close, transfer
from chats.inbox import receive_message
from chats.models import Conversation, Delivery
from operators import focus
from operators.claims import finish
from operators.models import Operator, OperatorText
from operators.routing import expire_held, route_text, send_held

pytestmark = pytest.mark.django_db


@pytest.fixture
def two(phone, make_held):
    """Two conversations of one operator; the second one was claimed last and is the current one."""
    return make_held(phone, "Мария"), make_held(phone, "Иван")


def _visitor_says(conversation, text="Ещё вопрос"):
    receive_message(contact=conversation.contact, text=text)


# --- plain texts ------------------------------------------------------------------------------------------


def test_text_goes_to_the_only_conversation(phone, held, read_by):
    phone.type("Здравствуйте!")
    assert read_by(held) == ["Здравствуйте!"]


def test_text_goes_on_going_there(phone, held, read_by):
    phone.type("Раз")
    _visitor_says(held)
    phone.receive()
    phone.type("Два")
    assert read_by(held) == ["Раз", "Два"]


def test_text_goes_to_the_conversation_that_was_claimed_last(phone, two, read_by):
    phone.type("Здравствуйте, Иван!")
    assert [read_by(conversation) for conversation in two] == [[], ["Здравствуйте, Иван!"]]


def test_text_after_another_visitor_has_spoken_is_asked_about(phone, two, read_by):
    _visitor_says(two[0])
    phone.receive()
    phone.type("Уже отправили")
    assert [read_by(conversation) for conversation in two] == [[], []]
    assert "Ничего не отправлено" in phone.receive()[-1]


def test_text_written_before_another_visitors_words_arrived_goes_to_the_current(phone, two, read_by):
    typed = phone.take_id()  # on its way to us while the other visitor's words reach the phone
    _visitor_says(two[0])
    phone.receive()
    phone.send_message(text="Иван, готово", message_id=typed)
    assert read_by(two[1]) == ["Иван, готово"]


def test_text_while_another_visitors_words_may_be_on_the_screen_is_asked_about(phone, two, read_by):
    _visitor_says(two[0])
    Delivery.objects.pending().filter(channel="operator").update(attempts=1)
    phone.type("Уже отправили")
    assert [read_by(conversation) for conversation in two] == [[], []]


def test_words_of_another_visitor_that_were_not_sent_yet_do_not_matter(phone, two, read_by):
    _visitor_says(two[0])
    phone.type("Иван, готово")
    assert read_by(two[1]) == ["Иван, готово"]


def test_switching_makes_it_certain_again(phone, two, read_by):
    _visitor_says(two[0])
    phone.receive()
    phone.press(f"to:{two[0].pk}")
    phone.receive()
    phone.type("Мария, проверяю")
    assert read_by(two[0]) == ["Мария, проверяю"]


def test_text_that_a_switch_has_overtaken_is_asked_about(phone, two, read_by):
    typed = phone.take_id()
    phone.press(f"to:{two[0].pk}")
    phone.receive()
    phone.send_message(text="Для Ивана", message_id=typed)
    assert [read_by(conversation) for conversation in two] == [[], []]


def test_text_that_a_claim_has_overtaken_is_asked_about(phone, held, make_waiting, read_by):
    new = make_waiting("Иван")
    phone.receive()
    typed = phone.take_id()
    phone.press(f"claim:{new.pk}")
    phone.receive()
    phone.send_message(text="Для Марии", message_id=typed)
    assert (read_by(held), read_by(new)) == ([], [])


def test_text_before_the_switch_was_shown_is_asked_about(phone, two, read_by):
    phone.press(f"to:{two[0].pk}")
    phone.type("Для кого-то")
    assert [read_by(conversation) for conversation in two] == [[], []]


def test_notice_that_is_being_sent_is_waited_for(phone, held, read_by, monkeypatch):
    key = Operator.objects.get(telegram_id=phone.id).current_key
    shown = Delivery.objects.get(dedupe_key=key)
    token = "5b1f7a52-6f0e-4c63-9c41-3f4d5f7a9a10"
    Delivery.objects.filter(pk=shown.pk).update(state="pending", lease_token=token, attempts=1)

    def sent_meanwhile(_):
        Delivery.objects.filter(pk=shown.pk).update(state="sent", lease_token=None)

    monkeypatch.setattr(focus.time, "sleep", sent_meanwhile)
    phone.type("Здравствуйте!")
    assert read_by(held) == ["Здравствуйте!"]


def test_text_without_a_conversation_is_not_sent(phone):
    phone.type("Ау")
    assert "нет ни одного диалога" in phone.receive()[-1]


def test_repeated_message_is_sent_once(phone, operator, held, read_by):
    number = phone.type("Раз")
    route_text(operator=operator, source_id=number, text="Раз")
    assert read_by(held) == ["Раз"]


# --- the conversation is gone -----------------------------------------------------------------------------


def test_text_for_a_conversation_that_has_just_closed_reaches_nobody(phone, two, read_by):
    close(conversation_id=two[1].pk, by="visitor")
    phone.type("Секрет Ивана")
    assert [read_by(conversation) for conversation in two] == [[], []]


def test_text_for_a_conversation_that_was_taken_away_reaches_nobody(
    phone, operator, other_operator, two, read_by
):
    transfer(conversation_id=two[1].pk, channel="operator", address=operator.address)
    claim(conversation_id=two[1].pk, channel="operator", address=other_operator.address, name="Анна")
    phone.type("Секрет Ивана")
    assert [read_by(conversation) for conversation in two] == [[], []]


def test_new_conversation_of_the_same_visitor_is_not_the_old_one(phone, operator, held, read_by):
    finish(operator_id=operator.pk, conversation_id=held.pk)
    phone.receive()
    _visitor_says(held, "Опять я")
    phone.type("Вдогонку")
    assert read_by(held) == []


def test_conversation_that_closes_between_the_look_and_the_send_takes_nothing(
    phone, operator, held, read_by, monkeypatch
):
    from operators import routing

    real = routing.find_addressee

    def look_then_close(*args, **kwargs):
        found = real(*args, **kwargs)
        close(conversation_id=held.pk, by="visitor")
        return found

    monkeypatch.setattr(routing, "find_addressee", look_then_close)
    phone.type("Поздно")
    assert read_by(held) == []
    assert "Не отправлено" in phone.receive()[-1]


def test_after_finish_the_only_one_left_is_named_and_gets_the_texts(phone, two, read_by):
    phone.type("/finish")
    assert f"Теперь вы пишете: <b>№{two[0].pk} · Мария" in phone.receive()[-1]
    phone.type("Мария, я с вами")
    assert read_by(two[0]) == ["Мария, я с вами"]


def test_after_finish_a_text_that_was_on_its_way_is_asked_about(phone, two, read_by):
    phone.type("/finish")
    phone.type("И ещё, Иван")
    assert read_by(two[0]) == []


def test_after_finish_with_several_left_the_operator_chooses(phone, make_held, two, read_by):
    make_held(phone, "Пётр")
    phone.type("/finish")
    phone.receive()
    phone.type("Кому же")
    assert [read_by(conversation) for conversation in two] == [[], []]
    assert phone.has_button("Мария")


# --- replies ----------------------------------------------------------------------------------------------


def test_reply_goes_to_the_conversation_of_the_message(phone, two, read_by):
    _visitor_says(two[0], "Где посылка?")
    phone.receive()
    phone.type("В пути", reply_to=phone.find("Где посылка?"))
    assert read_by(two[0]) == ["В пути"]


def test_reply_to_ones_own_text_goes_where_it_went(phone, two, read_by):
    number = phone.type("Для Ивана")
    phone.press(f"to:{two[0].pk}")
    phone.receive()
    phone.type("И ещё для Ивана", reply_to=number)
    assert read_by(two[1]) == ["Для Ивана", "И ещё для Ивана"]


def test_reply_does_not_change_the_current_conversation(phone, two, read_by):
    phone.type("Мария, секунду", reply_to=phone.find(f"№{two[0].pk}"))
    phone.type("Иван, слушаю")
    assert read_by(two[1]) == ["Иван, слушаю"]


def test_reply_to_a_closed_conversation_is_not_sent(phone, two, operator, read_by):
    _visitor_says(two[0], "Где посылка?")
    phone.receive()
    finish(operator_id=operator.pk, conversation_id=two[0].pk)
    phone.type("В пути", reply_to=phone.find("Где посылка?"))
    assert [read_by(conversation) for conversation in two] == [[], []]
    assert "этот диалог не у вас" in phone.receive()[-1]


def test_reply_to_a_card_of_a_conversation_not_claimed_is_not_sent(phone, held, make_waiting, read_by):
    other = make_waiting("Иван")
    phone.receive()
    phone.type("Здравствуйте", reply_to=phone.find("Иван"))
    assert (read_by(held), read_by(other)) == ([], [])


def test_reply_to_something_unknown_is_asked_about(phone, held, read_by):
    phone.type("Здравствуйте", reply_to=987_654)
    assert read_by(held) == []
    assert "Кому это?" in phone.receive()[-1]


def test_reply_to_a_message_of_another_chat_is_asked_about(phone, held, read_by):
    reply = {"origin": {"type": "hidden_user", "date": 1_800_000_000, "sender_user_name": "Кто-то"}}
    phone.send_message(text="Здравствуйте", external_reply=reply)
    assert read_by(held) == []


# --- held texts -------------------------------------------------------------------------------------------


@pytest.fixture
def asked(phone, two):
    """A text whose addressee is being asked for."""
    _visitor_says(two[0])
    phone.receive()
    phone.type("Уже отправили")
    phone.receive()
    return OperatorText.objects.held().get()


def test_pressing_a_name_sends_the_held_text_there(phone, two, asked, read_by):
    assert phone.press_label("Мария") == "Отправлено"
    assert [read_by(conversation) for conversation in two] == [["Уже отправили"], []]


def test_pressing_a_name_makes_that_conversation_the_current_one(phone, two, asked, read_by):
    phone.press_label("Мария")
    phone.receive()
    phone.type("Завтра будет")
    assert read_by(two[0]) == ["Уже отправили", "Завтра будет"]


def test_held_text_is_sent_once(phone, two, asked, read_by):
    phone.press(f"send:{asked.pk}:{two[0].pk}")
    assert "Ничего не отправлено" in phone.press(f"send:{asked.pk}:{two[1].pk}")
    assert [read_by(conversation) for conversation in two] == [["Уже отправили"], []]


def test_question_is_closed_once_it_is_answered(phone, two, asked):
    phone.press_label("Мария")
    assert "Отправлено" in phone.receive()[0]
    assert not phone.has_button("Не отправлять")


def test_held_text_can_be_dropped(phone, two, asked, read_by):
    phone.press_label("Не отправлять")
    assert [read_by(conversation) for conversation in two] == [[], []]
    assert OperatorText.objects.get(pk=asked.pk).state == "dropped"


def test_held_text_expires(phone, two, asked, read_by):
    OperatorText.objects.filter(pk=asked.pk).update(created_at=timezone.now() - timedelta(minutes=11))
    phone.press(f"send:{asked.pk}:{two[0].pk}")
    assert read_by(two[0]) == []


def test_expired_question_says_so(phone, two, asked):
    OperatorText.objects.filter(pk=asked.pk).update(created_at=timezone.now() - timedelta(minutes=11))
    assert expire_held() == 1
    assert "не выбрали" in phone.receive()[-1]


def test_held_text_is_not_sent_to_a_conversation_that_has_closed(phone, two, asked, read_by):
    close(conversation_id=two[0].pk, by="visitor")
    phone.press(f"send:{asked.pk}:{two[0].pk}")
    assert read_by(two[0]) == []
    assert "уже не у вас" in phone.receive()[0]


def test_held_text_of_somebody_else_cannot_be_sent(two, asked, other_phone, read_by):
    assert "Ничего не отправлено" in other_phone.press(f"send:{asked.pk}:{two[0].pk}")
    assert [read_by(conversation) for conversation in two] == [[], []]


def test_held_text_cannot_be_sent_into_somebody_elses_conversation(
    phone, asked, other_phone, make_held, operator, read_by
):
    theirs = make_held(other_phone, "Пётр")
    assert send_held(operator=operator, text_id=asked.pk, conversation_id=theirs.pk).verdict == "not_held"
    assert read_by(theirs) == []


def test_held_text_that_is_edited_is_sent_as_edited(phone, two, asked, read_by):
    phone.edit(asked.source_id, "Отправим завтра")
    phone.press(f"send:{asked.pk}:{two[0].pk}")
    assert read_by(two[0]) == ["Отправим завтра"]


def test_too_long_text_is_not_sent(phone, held, read_by):
    phone.type("я" * 4001)
    assert read_by(held) == []
    assert "длиннее 4000" in phone.receive()[-1]


def test_everything_is_stored_under_the_operators_name(phone, held):
    phone.type("Здравствуйте!")
    assert Conversation.objects.get(pk=held.pk).messages.last().operator_name == "Олег"
