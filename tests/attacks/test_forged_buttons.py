"""Callback data is written by whoever sends it: a forged button moves nothing and shows nothing, by the webhook too."""

from itertools import count

import pytest

from chats.inbox import receive_message
from chats.models import Conversation, Delivery, Message
from operators.claims import finish
from operators.duty import dismiss, go_off_duty
from operators.models import Handoff, Operator
from tests.operators.phone import Phone

pytestmark = pytest.mark.django_db
ACTIONS = ["claim", "to", "finish", "bot", "transfer", "history"]
SECRET = "Код от домофона 4711"
_updates = count(500_000)


@pytest.fixture(autouse=True)
def _no_worker(monkeypatch):
    monkeypatch.setattr("chats.hints._send", lambda *args, **kwargs: None)


@pytest.fixture
def told(held):
    """A conversation that Олег holds, in which the visitor has said something for him alone."""
    receive_message(contact=held.contact, text=SECRET)
    held.refresh_from_db()
    return held


@pytest.fixture
def closed(told, operator):
    finish(operator_id=operator.pk, conversation_id=told.pk)
    told.refresh_from_db()
    assert told.state == "closed"
    return told


@pytest.fixture
def press(post_update):
    """press(phone, data): the answers that the person gets to a button that nobody has shown them."""

    def press(phone: Phone, data: str) -> list[dict]:
        last = Delivery.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
        number = next(_updates)
        chat = {"id": phone.id, "type": "private"}
        message = {"message_id": 1, "date": 1_800_000_000, "chat": chat, "text": "…"}
        query = {
            "id": str(number),
            "from": phone.user,
            "chat_instance": "1",
            "data": data,
            "message": message,
        }
        answer = post_update({"update_id": number, "callback_query": query}, bot="operators")
        assert answer.status_code == 200
        return [delivery.payload["params"] for delivery in Delivery.objects.filter(pk__gt=last)]

    return press


def _trace(conversation: Conversation) -> tuple:
    """Everything that a button could move."""
    row = Conversation.objects.values_list("state", "epoch", "operator_address", "closed_by", "closed_at")
    handoffs = Handoff.objects.order_by("pk").values_list("pk", "claimed_by", "outcome", "closed_at")
    duty = Operator.objects.order_by("pk").values_list("pk", "active", "on_duty")
    return row.get(pk=conversation.pk), Message.objects.count(), list(handoffs), list(duty)


def _forge(press, phone: Phone, conversation: Conversation, action: str) -> None:
    before = _trace(conversation)
    answers = press(phone, f"{action}:{conversation.pk}")
    assert any(params.get("callback_query_id") and params["text"] for params in answers), "it spins for ever"
    assert _trace(conversation) == before
    assert SECRET not in str(answers)


def test_the_same_button_works_for_whoever_holds_it(press, phone, told):
    assert SECRET in str(press(phone, f"history:{told.pk}"))
    press(phone, f"finish:{told.pk}")
    assert Conversation.objects.get(pk=told.pk).state == "closed"


@pytest.mark.parametrize("action", ACTIONS)
def test_closed_conversation_stays_closed_to_the_operator_who_held_it(press, phone, closed, action):
    _forge(press, phone, closed, action)


@pytest.mark.parametrize("action", ACTIONS)
def test_closed_conversation_stays_closed_to_a_colleague(press, other_phone, closed, action):
    _forge(press, other_phone, closed, action)


@pytest.mark.parametrize("action", ACTIONS)
def test_conversation_of_another_stays_theirs(press, other_phone, told, action):
    _forge(press, other_phone, told, action)


@pytest.mark.parametrize("action", ACTIONS)
@pytest.mark.parametrize("ended", [False, True], ids=["held", "closed"])
def test_dismissed_operator_gets_nothing_of_what_was_theirs(press, phone, operator, told, action, ended):
    if ended:
        finish(operator_id=operator.pk, conversation_id=told.pk)
    dismiss(operator_ids=[operator.pk])
    _forge(press, phone, told, action)


@pytest.mark.parametrize("action", ACTIONS)
def test_operator_whom_nobody_has_let_in_gets_nothing(press, make_phone, told, action):
    _forge(press, make_phone("Заявитель", approved=False), told, action)


@pytest.mark.parametrize("action", ACTIONS)
def test_stranger_gets_nothing(press, told, action):
    _forge(press, Phone(9_000_000_001, name="Чужой"), told, action)
    assert Operator.objects.count() == 1


@pytest.mark.parametrize("action", ACTIONS)
def test_operator_off_duty_gets_nothing_of_what_others_hold(press, make_phone, told, action):
    away = make_phone("Пётр")
    go_off_duty(operator_id=Operator.objects.get(telegram_id=away.id).pk)
    _forge(press, away, told, action)


@pytest.mark.parametrize(
    "data", ["claim:0x1", "claim:1e3", "claim:٣", "finish:-1", "to:1;to:2", "off:yes:1", "\x00", "💥" * 16]
)
def test_nonsense_is_answered_and_moves_nothing(press, phone, told, data):
    before = _trace(told)
    assert press(phone, data)
    assert _trace(told) == before
