"""A human is one tap away, and the visitor always sees who speaks."""

import pytest
from django.db import transaction
from playwright.sync_api import expect

from chats.conversations import claim, close_by_operator, open_conversation
from chats.inbox import receive_operator_message
from chats.messages import write_message
from chats.models import Contact, Conversation
from tests.widget.visitor import Visitor

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
ANNA = {"channel": "operator", "address": "42"}


@pytest.fixture
def waiting(visitor) -> Visitor:
    """A visitor who has called a human."""
    visitor.call_human.click()
    visitor.reads_notice("Переключаю на человека")
    return visitor


@pytest.fixture
def served(waiting) -> Visitor:
    """A visitor with whom the operator Anna is."""
    claim(conversation_id=Conversation.objects.get().pk, name="Анна", **ANNA)
    waiting.reads_notice("Анна")
    return waiting


def _operator_says(text: str) -> None:
    receive_operator_message(conversation_id=Conversation.objects.get().pk, text=text, **ANNA)


def test_a_human_can_be_called_before_the_first_message(waiting):
    expect(waiting.chat.locator(".strip")).to_contain_text("Зовём оператора")
    expect(waiting.call_human).to_be_hidden()


def test_the_call_can_be_taken_back(waiting, page):
    page.get_by_role("button", name="Вернуться к боту").click()
    expect(waiting.chat.locator(".strip")).to_be_hidden()
    expect(waiting.call_human).to_be_visible()
    assert Conversation.objects.get().state == Conversation.State.BOT


def test_the_place_in_the_queue_is_shown(visitor):
    for number in range(2):
        earlier = Contact.objects.create(channel="web", external_id=f"earlier-{number}")
        Conversation.objects.create(contact=earlier, state=Conversation.State.WAITING)
    visitor.call_human.click()
    expect(visitor.chat.locator(".strip")).to_contain_text("Перед вами в очереди: 2")


def test_the_words_call_a_human_too(visitor):
    visitor.say("Позовите оператора")
    visitor.reads_notice("Переключаю на человека")


def test_an_operator_answers_under_their_name(served):
    _operator_says("Чем помочь?")
    served.sees("operator", "Чем помочь?")
    expect(served.log.locator(".byline")).to_contain_text("Анна")
    expect(served.chat.get_by_role("heading", name="Анна")).to_be_visible()


def test_the_end_of_the_chat_is_told_and_the_next_words_are_the_bots(served):
    close_by_operator(conversation_id=Conversation.objects.get().pk, **ANNA)
    served.reads_notice("Чат окончен.")
    served.say("Здравствуйте!")
    expect(served.bubbles("bot")).to_have_count(1)


def test_the_bots_offer_calls_a_human(visitor):
    visitor.say("Здравствуйте!")
    expect(visitor.bubbles("bot")).to_have_count(1)
    contact = Contact.objects.get()
    with transaction.atomic():
        write_message(
            seq=Contact.objects.take_seq(contact.pk),
            contact=contact,
            conversation=open_conversation(contact=contact),
            author="bot",
            text="Это лучше знает человек.",
            meta={"offer": True},
        )
    visitor.log.locator(".offer").click()
    visitor.reads_notice("Переключаю на человека")
    expect(visitor.log.locator(".offer")).to_have_count(0)


def test_the_operator_is_told_that_the_visitor_is_typing(served, page):
    with page.expect_request("**/chat/typing") as typing:
        served.field.press_sequentially("Ну")
    assert typing.value.method == "POST"


def test_an_answer_to_a_closed_chat_is_counted_on_the_button(served):
    served.close()
    _operator_says("Вы здесь?")
    expect(served.badge).to_have_text("1", timeout=20_000)
    expect(served.launcher).to_have_accessible_name("Открыть чат, непрочитанных: 1")
    served.open()
    served.sees("operator", "Вы здесь?")
    expect(served.badge).to_be_empty()


def test_what_came_while_the_visitor_was_away_is_counted_on_the_next_page(served, page):
    served.close()
    page.goto("about:blank")
    _operator_says("Вернётесь, напишите")
    page.go_back()
    expect(served.badge).to_have_text("1")
