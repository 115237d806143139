"""Texts of one operator while others move their conversations about: nothing may reach a wrong visitor."""

import threading
import time

import pytest
from django.db import connection
from django.utils import timezone

from chats.conversations import ConversationConflict, claim, close
from chats.inbox import receive_message
from chats.models import Conversation, Delivery, Message
from operators.claims import NotHeld, NotWaiting, claim_handoff, transfer
from operators.models import Operator, OperatorText
from operators.queue import sync_handoff
from operators.routing import route_text

pytestmark = pytest.mark.django_db(transaction=True)


def _run(*functions):
    """Runs them at once and raises what one of them raised."""
    failures = []

    def guard(function):
        try:
            function()
        except BaseException as error:
            failures.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=guard, args=[function]) for function in functions]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failures:
        raise failures[0]


def test_texts_while_the_conversation_changes_hands_are_never_said_by_another(phone, other_phone, make_held):
    conversation = make_held(phone, "Мария")
    oleg = Operator.objects.get(telegram_id=phone.id)
    anna = Operator.objects.get(telegram_id=other_phone.id)
    done = threading.Event()

    def write():
        number = 10_000
        while not done.is_set():
            number += 1
            route_text(operator=oleg, source_id=number, text=f"От Олега {number}")

    def pass_around():
        end = time.monotonic() + 1.5
        while time.monotonic() < end:
            for giver, taker in ((oleg, anna), (anna, oleg)):
                try:
                    transfer(operator_id=giver.pk, conversation_id=conversation.pk)
                    claim_handoff(operator_id=taker.pk, conversation_id=conversation.pk)
                except (NotHeld, NotWaiting):
                    continue
                # The taker's phone shows the notice at once, so that plain texts go there.
                Delivery.objects.filter(address=taker.address, state="pending").update(
                    state="sent", external_id="5000", sent_at=timezone.now(), attempts=1
                )
        done.set()

    _run(write, pass_around)
    sent = OperatorText.objects.filter(state="sent")
    assert sent.exists()
    assert set(Message.objects.filter(author="operator").values_list("operator_name", flat=True)) == {"Олег"}


def test_text_and_closing_at_once_end_in_one_order_or_the_other(phone, make_held):
    for round_number in range(6):
        conversation = make_held(phone, f"Посетитель {round_number}")
        oleg = Operator.objects.get(telegram_id=phone.id)
        typed = phone.take_id()
        _run(
            lambda oleg=oleg, n=typed: route_text(operator=oleg, source_id=n, text="Успел?"),
            lambda pk=conversation.pk: close(conversation_id=pk, by="visitor"),
        )
        said = Message.objects.filter(conversation=conversation, author="operator").count()
        row = OperatorText.objects.order_by("-pk").first()
        assert (row.state == "sent") == bool(said)
        assert Conversation.objects.get(pk=conversation.pk).state == "closed"


def test_text_that_comes_as_the_other_conversation_ends_is_not_sent_to_the_one_that_is_left(phone, make_held):
    for round_number in range(6):
        left, ending = (
            make_held(phone, f"Остаётся {round_number}"),
            make_held(phone, f"Уходит {round_number}"),
        )
        oleg = Operator.objects.get(telegram_id=phone.id)
        typed = phone.take_id()
        _run(
            lambda oleg=oleg, n=typed: route_text(operator=oleg, source_id=n, text="Секрет"),
            lambda pk=ending.pk: close(conversation_id=pk, by="visitor"),
        )
        assert not Message.objects.filter(conversation=left, author="operator").exists()
        close(conversation_id=left.pk, by="visitor")


def test_visitor_who_takes_it_back_and_an_operator_who_claims_are_not_both_right(phone, make_waiting):
    from chats.conversations import take_back

    oleg = Operator.objects.get(telegram_id=phone.id)
    for round_number in range(6):
        conversation = make_waiting(f"Посетитель {round_number}")
        won = []

        def back(contact=conversation.contact, won=won):
            try:
                take_back(contact=contact)
                won.append("bot")
            except ConversationConflict:
                pass

        def take(pk=conversation.pk, won=won):
            try:
                claim_handoff(operator_id=oleg.pk, conversation_id=pk)
                won.append("operator")
            except NotWaiting:
                pass

        _run(back, take)
        assert [Conversation.objects.get(pk=conversation.pk).state] == won
        close(conversation_id=conversation.pk, by="visitor")


def test_claim_past_the_desk_is_noticed(phone, make_waiting):
    conversation = make_waiting("Мария")
    claim(conversation_id=conversation.pk, channel="operator", address="1", name="Кто-то")
    receive_message(contact=conversation.contact, text="Ещё вопрос")
    assert sync_handoff(conversation_id=conversation.pk) is None
    phone.receive()
    assert not phone.has_button("Взять")
