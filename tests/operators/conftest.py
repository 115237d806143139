from itertools import count

import pytest

from chats.conversations import call_human
from chats.inbox import receive_message
from chats.models import Contact, Message
from operators.duty import approve, go_on_duty, register
from operators.models import Operator
from operators.queue import sync_handoff

from .phone import Phone

_ids = count(8_000_000_000)


@pytest.fixture(autouse=True)
def _no_hints(request, monkeypatch):
    """Without a worker of its own a test is not helped by one that another test has left running."""
    if "worker" not in request.fixturenames:
        monkeypatch.setattr("chats.hints._send", lambda *args, **kwargs: None)


@pytest.fixture
def make_phone(db):
    """make_phone("Олег"): the phone of an approved operator, on duty unless said otherwise."""

    def make(name="Олег", *, approved=True, on_duty=True, language="ru") -> Phone:
        phone = Phone(next(_ids), name=name, language=language)
        operator = register(telegram_id=phone.id, chat_id=phone.id, name=name, language=language)
        if approved:
            approve(operator_ids=[operator.pk])
            if on_duty:
                go_on_duty(operator_id=operator.pk)
        phone.receive()
        return phone

    return make


@pytest.fixture
def phone(make_phone):
    return make_phone("Олег")


@pytest.fixture
def other_phone(make_phone):
    return make_phone("Анна")


@pytest.fixture
def operator(phone):
    return Operator.objects.get(telegram_id=phone.id)


@pytest.fixture
def other_operator(other_phone):
    return Operator.objects.get(telegram_id=other_phone.id)


@pytest.fixture
def make_visitor(db):
    """make_visitor("Мария"): a contact in Telegram."""

    def make(name="Мария", **fields) -> Contact:
        number = next(_ids)
        return Contact.objects.create(channel="telegram", external_id=str(number), name=name, **fields)

    return make


@pytest.fixture
def visitor(make_visitor):
    return make_visitor("Мария")


@pytest.fixture
def make_waiting(make_visitor):
    """make_waiting("Мария"): a conversation in which somebody waits for an operator, and the desk knows it."""

    def make(name="Мария", text="Где мой заказ?", **fields):
        visitor = make_visitor(name, **fields)
        receive_message(contact=visitor, text=text)
        conversation = call_human(contact=visitor)
        sync_handoff(conversation_id=conversation.pk)
        return conversation

    return make


@pytest.fixture
def waiting(make_waiting):
    return make_waiting("Мария")


@pytest.fixture
def make_held(make_waiting):
    """make_held(phone, "Мария"): a conversation that this operator holds and has seen the transcript of."""

    def make(phone: Phone, name="Мария", **fields):
        conversation = make_waiting(name, **fields)
        phone.press(f"claim:{conversation.pk}")
        phone.receive()
        conversation.refresh_from_db()
        return conversation

    return make


@pytest.fixture
def held(make_held, phone):
    return make_held(phone, "Мария")


@pytest.fixture
def read_by():
    """What the visitor of a conversation has read from operators: a list of texts."""

    def read(conversation) -> list[str]:
        messages = Message.objects.filter(contact=conversation.contact, author="operator").order_by("seq")
        return [message.text for message in messages]

    return read
