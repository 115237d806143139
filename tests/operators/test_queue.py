from datetime import timedelta

import pytest
from django.utils import timezone

from chats.conversations import close, take_back
from chats.inbox import receive_message
from chats.models import Conversation, Delivery, Message
from operators import cards
from operators.claims import claim_handoff
from operators.duty import go_off_duty, go_on_duty
from operators.models import Card, Handoff, Operator
from operators.queue import sweep, sync_handoff

pytestmark = pytest.mark.django_db


def _age(handoff, **passed):
    Handoff.objects.filter(pk=handoff.pk).update(requested_at=timezone.now() - timedelta(**passed))


def test_waiting_conversation_is_offered_to_everybody_on_duty(phone, other_phone, waiting):
    assert "Мария" in phone.receive()[-1]
    assert other_phone.receive()


def test_card_says_who_where_why_and_the_last_words(phone, waiting):
    card = phone.receive()[-1]
    assert f"№{waiting.pk} · Мария" in card
    assert "Telegram" in card
    assert "Позвать оператора" in card
    assert "Где мой заказ?" in card
    assert phone.has_button(f"Взять №{waiting.pk}")


def test_card_shows_html_of_a_visitor_as_text(phone, make_waiting):
    make_waiting("<b>Мария", text="<script>alert(1)</script>")
    card = phone.receive()[-1]
    assert "&lt;b&gt;Мария" in card
    assert "&lt;script&gt;" in card


def test_card_of_long_messages_fits_into_one_message(phone, make_waiting):
    make_waiting(text="&" * 4000)
    assert len(phone.receive()) == 1


def test_sync_again_changes_nothing(phone, waiting):
    before = Delivery.objects.count()
    sync_handoff(conversation_id=waiting.pk)
    sweep()
    assert Delivery.objects.count() == before


def test_sweep_finds_a_conversation_whose_signal_was_lost(phone, visitor):
    Conversation.objects.create(contact=visitor, state="waiting", epoch=1, handoff_reason="words")
    assert sweep() == 1
    assert "Мария" in phone.receive()[-1]


def test_sweep_finds_a_card_that_was_not_made(phone, waiting):
    Card.objects.all().delete()
    sweep()
    assert Card.objects.open().count() == 1


def test_operator_who_comes_later_gets_those_who_wait(waiting, make_phone):
    late = make_phone("Павел")
    assert late.has_button(f"Взять №{waiting.pk}")


def test_operator_gets_no_more_cards_than_one_can_look_at(make_waiting, make_phone, monkeypatch):
    monkeypatch.setattr(cards, "OFFERED_AT_ONCE", 2)
    conversations = [make_waiting(name) for name in ("Мария", "Иван", "Пётр")]
    late = make_phone("Павел")
    shown = [late.has_button(f"Взять №{conversation.pk}") for conversation in conversations]
    assert shown == [True, True, False]


def test_room_on_the_screen_is_filled_by_the_sweep(make_waiting, make_phone, monkeypatch):
    monkeypatch.setattr(cards, "OFFERED_AT_ONCE", 1)
    first, second = make_waiting("Мария"), make_waiting("Иван")
    late = make_phone("Павел")
    take_back(contact=first.contact)
    sweep()
    late.receive()
    assert late.has_button(f"Взять №{second.pk}")


def test_card_goes_when_the_visitor_takes_it_back(phone, waiting):
    phone.receive()
    take_back(contact=waiting.contact)
    sweep()
    assert "передумал" in phone.receive()[-1]
    assert not phone.has_button("Взять")


def test_handoff_that_was_taken_back_and_asked_for_again_is_a_new_one(phone, waiting, make_visitor):
    take_back(contact=waiting.contact)
    receive_message(contact=waiting.contact, text="позовите оператора")
    sweep()
    outcomes = list(Handoff.objects.order_by("pk").values_list("outcome", flat=True))
    assert outcomes == ["taken_back", ""]


def test_card_goes_when_the_visitor_ends_the_conversation(phone, waiting):
    phone.receive()
    close(conversation_id=waiting.pk, by="reset")
    sweep()
    phone.receive()
    assert not phone.has_button("Взять")


def test_visitor_is_told_once_that_nobody_is_on_duty(waiting):
    sweep()
    sweep()
    notices = Message.objects.filter(contact=waiting.contact, meta__notice="nobody_on_duty")
    assert notices.count() == 1


def test_visitor_is_told_when_the_last_operator_leaves(phone, operator, waiting):
    go_off_duty(operator_id=operator.pk)
    sweep()
    assert Message.objects.filter(contact=waiting.contact, meta__notice="nobody_on_duty").count() == 1


def test_visitor_is_not_told_while_somebody_is_on_duty(phone, waiting):
    sweep()
    assert not Message.objects.filter(contact=waiting.contact, meta__notice="nobody_on_duty").exists()


def test_operators_are_reminded_of_who_waits_for_long(phone, waiting):
    phone.receive()
    _age(Handoff.objects.get(), minutes=3)
    sweep()
    old, new = phone.receive()
    assert "напоминание" in old
    assert "3 мин" in new


def test_one_reminder_is_sent_for_all_the_marks_that_have_passed(phone, waiting):
    phone.receive()
    _age(Handoff.objects.get(), hours=2)
    sweep()
    sweep()
    assert len([text for text in phone.receive() if "⏰" in text]) == 1


def test_only_the_reminder_can_be_pressed(phone, waiting):
    phone.receive()
    _age(Handoff.objects.get(), minutes=3)
    sweep()
    phone.receive()
    with_button = [params for params in phone.shown.values() if phone.buttons(params)]
    assert len(with_button) == 1


def test_card_of_an_operator_who_left_has_no_button_until_they_are_back(phone, operator, waiting):
    phone.receive()
    go_off_duty(operator_id=operator.pk)
    phone.receive()
    assert not phone.has_button("Взять")
    go_on_duty(operator_id=operator.pk)
    phone.receive()
    assert phone.has_button(f"Взять №{waiting.pk}")


def test_card_that_a_race_has_left_open_is_taken_back(phone, other_operator, waiting):
    phone.receive()
    claim_handoff(operator_id=other_operator.pk, conversation_id=waiting.pk)
    Card.objects.filter(operator__telegram_id=phone.id).update(closed_at=None)
    sweep()
    assert not Card.objects.open().exists()


def test_operator_who_is_off_duty_is_offered_nothing(make_phone, waiting):
    away = make_phone("Павел", on_duty=False)
    sweep()
    assert away.receive() == []


def test_one_broken_conversation_does_not_hide_the_others(phone, make_waiting, visitor, monkeypatch):
    from operators import queue

    broken = Conversation.objects.create(contact=visitor, state="waiting", epoch=1, handoff_reason="words")
    fine = make_waiting("Иван")
    Handoff.objects.all().delete()
    real = queue.settle

    def settle(conversation):
        if conversation.pk == broken.pk:
            raise RuntimeError
        return real(conversation)

    monkeypatch.setattr(queue, "settle", settle)
    sweep()
    assert list(Handoff.objects.values_list("conversation_id", flat=True)) == [fine.pk]


def test_operator_row_counts_as_on_duty_only_when_approved(make_phone):
    make_phone("Чужой", approved=False)
    assert not Operator.objects.on_duty().exists()
