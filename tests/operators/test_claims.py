import threading

import pytest
from django.db import connection, transaction

from chats.conversations import close
from chats.inbox import receive_message
from chats.models import Conversation, Delivery, Message
from operators.claims import NotHeld, NotOnDuty, NotWaiting, claim_handoff, finish, hand_back, transfer
from operators.duty import dismiss
from operators.models import Handoff, Operator
from operators.queue import sweep

pytestmark = pytest.mark.django_db


def test_claim_gives_the_conversation_to_the_operator(operator, waiting):
    claim_handoff(operator_id=operator.pk, conversation_id=waiting.pk)
    waiting.refresh_from_db()
    assert (waiting.state, waiting.operator_address, waiting.operator_name) == (
        "operator",
        operator.address,
        "Олег",
    )
    assert Handoff.objects.get().claimed_by == operator


def test_winner_gets_the_transcript(phone, waiting):
    phone.press(f"claim:{waiting.pk}")
    phone.receive()
    assert "Где мой заказ?" in phone.texts[-1]


def test_winner_gets_the_draft_that_the_visitor_has_not_seen(phone, waiting):
    Conversation.objects.filter(pk=waiting.pk).update(draft="Я всего лишь <бот>")
    phone.press(f"claim:{waiting.pk}")
    assert "Я всего лишь &lt;бот&gt;" in phone.receive()[-1]


def test_long_transcript_comes_as_a_file_too(phone, waiting):
    for number in range(12):
        receive_message(contact=waiting.contact, text=f"{number} " + "очень длинно " * 100)
    phone.press(f"claim:{waiting.pk}")
    file = Delivery.objects.get(payload__method="sendDocument").payload["params"]["document"]
    assert "Где мой заказ?" in file["content"]
    assert "11 очень длинно" in file["content"]


def test_cards_of_the_others_say_who_took_it(phone, other_phone, waiting):
    other_phone.receive()
    phone.press(f"claim:{waiting.pk}")
    assert "Отвечает Олег" in other_phone.receive()[-1]
    assert not other_phone.has_button("Взять")


def test_second_claim_is_told_who_was_faster(operator, other_operator, waiting):
    claim_handoff(operator_id=operator.pk, conversation_id=waiting.pk)
    with pytest.raises(NotWaiting) as refusal:
        claim_handoff(operator_id=other_operator.pk, conversation_id=waiting.pk)
    assert refusal.value.holder == "Олег"


def test_operator_who_is_off_duty_cannot_claim(make_phone, waiting):
    away = make_phone("Павел", on_duty=False)
    with pytest.raises(NotOnDuty):
        claim_handoff(operator_id=Operator.objects.get(telegram_id=away.id).pk, conversation_id=waiting.pk)


def test_conversation_that_does_not_exist_cannot_be_claimed(operator):
    with pytest.raises(NotWaiting):
        claim_handoff(operator_id=operator.pk, conversation_id=999_999_999)


def test_conversation_that_the_bot_answers_cannot_be_claimed(operator, visitor):
    conversation = receive_message(contact=visitor, text="Здравствуйте").conversation
    with pytest.raises(NotWaiting):
        claim_handoff(operator_id=operator.pk, conversation_id=conversation.pk)


def test_conversation_that_the_desk_does_not_know_yet_can_be_claimed(operator, visitor):
    conversation = Conversation.objects.create(
        contact=visitor, state="waiting", epoch=1, handoff_reason="words"
    )
    assert claim_handoff(operator_id=operator.pk, conversation_id=conversation.pk).claimed_by == operator


def test_claim_after_a_missed_return_to_the_bot_closes_the_old_handoff(operator, waiting):
    Conversation.objects.filter(pk=waiting.pk).update(epoch=waiting.epoch + 2)
    claim_handoff(operator_id=operator.pk, conversation_id=waiting.pk)
    assert list(Handoff.objects.order_by("pk").values_list("outcome", flat=True)) == ["taken_back", ""]


@pytest.mark.django_db(transaction=True)
def test_of_fifty_claims_at_once_one_wins(make_phone, make_waiting):
    pk = make_waiting("Мария").pk
    operators = [Operator.objects.get(telegram_id=make_phone(f"Оператор {n}").id).pk for n in range(10)]
    barrier, winners, losers = threading.Barrier(50), [], []

    def press(operator_id):
        barrier.wait()
        try:
            winners.append(claim_handoff(operator_id=operator_id, conversation_id=pk).claimed_by_id)
        except NotWaiting:
            losers.append(operator_id)
        finally:
            connection.close()

    threads = [threading.Thread(target=press, args=[operators[n % 10]]) for n in range(50)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(winners), len(losers)) == (1, 49)
    assert Handoff.objects.get().claimed_by_id == winners[0]


@pytest.mark.django_db(transaction=True)
def test_claim_and_dismissal_at_once_leave_nothing_with_the_dismissed(make_phone, make_waiting):
    for _ in range(8):
        pk = make_waiting("Мария").pk
        operator = Operator.objects.get(telegram_id=make_phone("Олег").id)
        barrier = threading.Barrier(2)

        def claim(operator_id=operator.pk, pk=pk, barrier=barrier):
            barrier.wait()
            try:
                claim_handoff(operator_id=operator_id, conversation_id=pk)
            except (NotWaiting, NotOnDuty):
                pass
            finally:
                connection.close()

        thread = threading.Thread(target=claim)
        thread.start()
        barrier.wait()
        dismiss(operator_ids=[operator.pk])
        thread.join()
        assert Conversation.objects.get(pk=pk).state == "waiting"


def test_finish_ends_the_chat_for_the_visitor(operator, held):
    finish(operator_id=operator.pk, conversation_id=held.pk)
    assert Message.objects.filter(contact=held.contact).last().text == "Чат окончен."
    assert Handoff.objects.get().outcome == "finished"


def test_hand_back_lets_the_bot_answer(operator, held):
    hand_back(operator_id=operator.pk, conversation_id=held.pk)
    held.refresh_from_db()
    assert held.state == "bot"
    assert Handoff.objects.get().outcome == "bot"


def test_transfer_offers_the_conversation_to_the_others(operator, other_phone, held):
    other_phone.receive()
    transfer(operator_id=operator.pk, conversation_id=held.pk)
    assert "передан коллегой" in other_phone.receive()[-1]


def test_transfer_does_not_offer_it_to_who_passed_it_on(phone, operator, other_phone, held):
    transfer(operator_id=operator.pk, conversation_id=held.pk)
    sweep()
    phone.receive()
    assert not phone.has_button("Взять")


def test_visitor_is_told_when_it_is_passed_on_to_nobody(operator, held):
    transfer(operator_id=operator.pk, conversation_id=held.pk)
    assert Message.objects.filter(contact=held.contact).last().meta["notice"] == "nobody_on_duty"


def test_transferred_conversation_can_be_claimed_by_another(operator, other_operator, held):
    transfer(operator_id=operator.pk, conversation_id=held.pk)
    claim_handoff(operator_id=other_operator.pk, conversation_id=held.pk)
    held.refresh_from_db()
    assert held.operator_name == "Анна"


@pytest.mark.parametrize("act", [finish, hand_back, transfer])
def test_operator_cannot_let_go_what_another_holds(act, other_operator, held):
    with pytest.raises(NotHeld):
        act(operator_id=other_operator.pk, conversation_id=held.pk)
    held.refresh_from_db()
    assert held.state == "operator"


@pytest.mark.parametrize("act", [finish, hand_back, transfer])
def test_operator_cannot_let_go_what_is_closed(act, operator, held):
    finish(operator_id=operator.pk, conversation_id=held.pk)
    with pytest.raises(NotHeld):
        act(operator_id=operator.pk, conversation_id=held.pk)


def test_operator_is_told_when_the_visitor_ends_it(phone, held):
    close(conversation_id=held.pk, by="visitor")
    sweep()
    assert "посетитель закончил" in phone.receive()[-1]


def test_operator_is_told_when_it_is_closed_as_idle(phone, held):
    close(conversation_id=held.pk, by="idle")
    sweep()
    sweep()
    assert len([text for text in phone.receive() if "давно никто не пишет" in text]) == 1


def test_crash_while_claiming_leaves_it_waiting(operator, waiting, monkeypatch):
    from telegram_bot.bots.operators_screen import TelegramScreen

    def crash(*args, **kwargs):
        raise RuntimeError

    monkeypatch.setattr(TelegramScreen, "welcome", crash)
    with pytest.raises(RuntimeError), transaction.atomic():
        claim_handoff(operator_id=operator.pk, conversation_id=waiting.pk)
    waiting.refresh_from_db()
    assert waiting.state == "waiting"
    assert Handoff.objects.unclaimed().count() == 1
