"""The outbox: everything leaves once, in order for each address, and no address waits for another."""

import threading
from datetime import timedelta

import pytest
from django.utils import timezone

from chats import inbox, leases, outbox, sweeps
from chats.channels import PermanentDeliveryError, TemporaryDeliveryError
from chats.models import Delivery
from chats.signals import delivery_failed
from tests.chats.channels import Recorder

pytestmark = pytest.mark.django_db


def put(text: str, address: str = "7", key: str | None = None) -> Delivery:
    key = key or f"{address}:{text}"
    outbox.enqueue(channel="telegram", address=address, payload={"text": text}, dedupe_key=key)
    return Delivery.objects.get(dedupe_key=key)


def flush(address: str = "7") -> int:
    return outbox.flush_address(channel="telegram", address=address)


def make_due(**condition) -> None:
    Delivery.objects.filter(**condition).update(next_attempt_at=timezone.now())


def test_what_is_put_in_is_sent_in_order():
    for number in range(5):
        put(str(number))
    assert flush() == 5
    assert Recorder.sent_to("7") == ["0", "1", "2", "3", "4"]


def test_the_other_sides_id_is_kept():
    delivery = put("раз")
    flush()
    delivery.refresh_from_db()
    assert (delivery.state, delivery.external_id, delivery.attempts) == ("sent", "1", 1)


def test_the_same_key_twice_is_sent_once():
    put("раз", key="x")
    put("два", key="x")
    flush()
    assert Recorder.sent_to("7") == ["раз"]


def test_a_sent_one_is_not_sent_again():
    put("раз")
    flush()
    assert flush() == 0


def test_a_message_to_a_visitor_in_telegram_leaves_a_delivery(telegram_visitor, with_bot, scripted_llm):
    from chats.answering import answer_conversation

    conversation = inbox.receive_message(
        contact=telegram_visitor, text="Сколько стоит доставка?"
    ).conversation
    answer_conversation(conversation_id=conversation.pk)
    flush()
    assert Recorder.sent_to("7") == ["Здравствуйте! Чем помочь?"]


class TestTrouble:
    @pytest.mark.parametrize(
        ("attempt", "seconds"), [(1, 1), (2, 2), (3, 3), (10, 3), (20, 10), (50, 300), (999, 300)]
    )
    def test_pauses_grow_up_to_five_minutes(self, attempt, seconds):
        delivery = put("раз")
        Delivery.objects.update(attempts=attempt - 1)
        Recorder.trouble = {"7": [TemporaryDeliveryError("no connection")]}
        flush()
        delivery.refresh_from_db()
        pause = (delivery.next_attempt_at - timezone.now()).total_seconds()
        assert pause == pytest.approx(seconds, abs=1)

    def test_an_outage_of_half_a_minute_costs_no_more_than_three_seconds_beyond_its_end(self):
        passed, attempt = timedelta(), 0
        while passed < timedelta(seconds=30):
            attempt += 1
            passed += outbox.pause_after(attempt)
        assert passed <= timedelta(seconds=33)

    def test_the_other_side_may_name_the_pause(self):
        delivery = put("раз")
        Recorder.trouble = {"7": [TemporaryDeliveryError("slow down", retry_after=timedelta(seconds=33))]}
        flush()
        delivery.refresh_from_db()
        assert (delivery.next_attempt_at - timezone.now()).total_seconds() == pytest.approx(33, abs=1)

    def test_what_follows_waits_for_it(self):
        put("раз")
        put("два")
        Recorder.trouble = {"7": [TemporaryDeliveryError("no connection")]}
        assert flush() == 0
        assert flush() == 0
        make_due()
        assert flush() == 2
        assert Recorder.sent_to("7") == ["раз", "два"]

    def test_another_address_does_not(self):
        put("раз")
        put("раз", address="8")
        Recorder.trouble = {"7": [TemporaryDeliveryError("no connection")]}
        flush()
        flush("8")
        assert Recorder.sent == [("8", "раз")]

    def test_what_will_never_work_is_given_up_and_the_next_one_sent(self):
        delivery = put("раз")
        put("два")
        Recorder.trouble = {"7": [PermanentDeliveryError("bot was blocked by the user")]}
        flush()
        delivery.refresh_from_db()
        assert (delivery.state, delivery.error) == ("failed", "bot was blocked by the user")
        assert Recorder.sent_to("7") == ["два"]

    def test_what_was_given_up_is_announced(self):
        heard = []
        delivery_failed.connect(
            lambda **kwargs: heard.append(kwargs["delivery"].pk), weak=False, dispatch_uid="t"
        )
        delivery = put("раз")
        Recorder.trouble = {"7": [PermanentDeliveryError("gone")]}
        flush()
        delivery_failed.disconnect(dispatch_uid="t")
        assert heard == [delivery.pk]

    def test_after_a_day_it_is_given_up(self):
        delivery = put("раз")
        Delivery.objects.update(created_at=timezone.now() - timedelta(hours=25))
        Recorder.trouble = {"7": [TemporaryDeliveryError("no connection")]}
        flush()
        delivery.refresh_from_db()
        assert delivery.state == "failed"

    def test_a_clock_that_jumped_gives_nothing_up(self, monkeypatch):
        delivery = put("раз")
        ahead = timezone.now() + timedelta(hours=25)
        monkeypatch.setattr(timezone, "now", lambda: ahead)
        Recorder.trouble = {"7": [TemporaryDeliveryError("no connection")]}
        flush()
        delivery.refresh_from_db()
        assert delivery.state == "pending"

    def test_an_error_nobody_thought_of_is_tried_again(self):
        delivery = put("раз")
        Recorder.trouble = {"7": [ZeroDivisionError("a bug")]}
        flush()
        delivery.refresh_from_db()
        assert (delivery.state, delivery.error) == ("pending", "ZeroDivisionError: a bug")

    def test_an_error_with_letters_that_no_database_takes_is_kept_too(self):
        delivery = put("раз")
        Recorder.trouble = {"7": [PermanentDeliveryError("bad \x00 answer \ud83d")]}
        flush()
        delivery.refresh_from_db()
        assert (delivery.state, delivery.error) == ("failed", "bad  answer ")

    def test_what_was_given_up_can_be_put_back(self):
        delivery = put("раз")
        Recorder.trouble = {"7": [PermanentDeliveryError("gone")]}
        flush()
        assert outbox.retry_failed(delivery_ids=[delivery.pk]) == 1
        assert flush() == 1

    def test_an_address_with_much_to_send_lets_others_in(self, hinted):
        for number in range(outbox.SENT_IN_A_ROW + 5):
            put(str(number))
        with hinted as hints:
            assert flush() == outbox.SENT_IN_A_ROW
        assert hints == [("chats.flush_address", ["telegram", "7"])]


class TestSweep:
    def test_it_finds_what_a_lost_hint_left(self, hinted):
        put("раз")
        with hinted as hints:
            sweeps.sweep()
        assert hints == [("chats.flush_address", ["telegram", "7"])]

    def test_an_address_is_named_once(self, hinted):
        put("раз")
        put("два")
        with hinted as hints:
            sweeps.sweep()
        assert len(hints) == 1

    def test_an_address_whose_first_one_has_to_wait_is_left_alone(self, hinted):
        put("раз")
        put("два")
        Recorder.trouble = {"7": [TemporaryDeliveryError("no connection")]}
        flush()
        with hinted as hints:
            sweeps.sweep()
        assert hints == []

    def test_and_one_that_is_being_sent_to(self, hinted):
        put("раз")
        put("два")
        Delivery.objects.filter(payload__text="раз").update(lease_until=leases.lease_end())
        with hinted as hints:
            sweeps.sweep()
        assert hints == []

    def test_a_sender_that_died_is_relieved(self):
        put("раз")
        Delivery.objects.update(lease_until=timezone.now() - timedelta(seconds=1), lease_token="0" * 32)
        assert flush() == 1


class TestAtOnce:
    pytestmark = pytest.mark.django_db(transaction=True)

    def test_many_flushers_keep_the_order_and_send_each_once(self, background):
        for number in range(40):
            put(str(number))

        def keep_flushing() -> None:
            while Delivery.objects.pending().exists():
                flush()

        background.at_once(*[keep_flushing] * 6)
        assert Recorder.sent_to("7") == [str(number) for number in range(40)]

    def test_a_stuck_address_blocks_no_other(self, background):
        put("раз")
        put("раз", address="8")
        stuck, may_go_on = threading.Event(), threading.Event()

        def on_send(delivery) -> None:
            if delivery.address == "7":
                stuck.set()
                may_go_on.wait(10)

        Recorder.on_send = on_send
        slow = background.start(flush)
        assert stuck.wait(10)
        assert flush("8") == 1
        assert flush("7") == 0  # the same address waits for the one under way
        may_go_on.set()
        assert slow.result(10) == 1

    def test_a_sender_that_lost_its_lease_leaves_no_outcome(self, background):
        delivery = put("раз")

        def on_send(_) -> None:
            Delivery.objects.update(lease_token="1" * 32)
            Recorder.on_send = None

        Recorder.on_send = on_send
        background.start(flush).result(10)
        delivery.refresh_from_db()
        assert delivery.state == "pending"
