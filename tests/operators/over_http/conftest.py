"""The desk as it runs: web server, worker, and the sandbox in the place of Telegram, all speaking HTTP."""

import pytest

from operators.duty import approve
from operators.models import Operator
from telegram_bot.registration import register
from tests.telegram.conftest import desk, process_environment, sandbox, telegram  # noqa: F401


@pytest.fixture
def office(desk):  # noqa: F811
    """The sandbox, in which the operator bot works too."""
    register("operators")
    return desk


@pytest.fixture
def make_operator(office):
    """make_operator("Олег"): the chat of an approved operator who is on duty."""

    def make(name="Олег"):
        chat = office.chat("operators", office.create_person(name, language_code="ru"))
        chat.start()
        chat.wait_for_bot("администратор")
        approve(operator_ids=[Operator.objects.get(telegram_id=chat.person).pk])
        chat.wait_for_bot("Нажмите /start")
        chat.start()
        chat.wait_for_bot("на дежурстве")
        return chat

    return make


@pytest.fixture
def operator(make_operator):
    return make_operator("Олег")


@pytest.fixture
def make_visitor(office):
    """make_visitor("Мария"): the chat of a visitor who has asked for a person."""

    def make(name="Мария", words="Позовите оператора"):
        chat = office.chat("support", office.create_person(name, language_code="ru"))
        chat.start()
        chat.wait_for_bot("Здравствуйте")
        chat.send(words)
        chat.wait_for_bot("Переключаю на человека")
        return chat

    return make


@pytest.fixture
def claim():
    """claim(operator, "Мария"): the operator takes the conversation of that visitor, and has read the transcript."""

    def claim(operator, name):
        card = operator.wait_for_bot(lambda message: "🔔" in message["text"] and name in message["text"])
        button = card["reply_markup"]["inline_keyboard"][0][0]
        answer = operator.press(card, data=button["callback_data"])
        operator.wait_for_callback_answer(answer)
        operator.wait_for_bot("Диалог ваш")
        operator.wait_for_bot("оператора")
        return card

    return claim
