"""The widget on the realtime process itself, with a worker that answers."""

import pytest
from playwright.sync_api import expect

from chats.conversations import claim
from chats.inbox import receive_operator_message
from chats.models import Conversation
from tests.widget.visitor import Visitor

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
ANNA = {"channel": "operator", "address": "42"}


@pytest.fixture
def listener(page, host_site, realtime_server) -> Visitor:
    """A visitor who hears by the stream alone: once it is open, every poll fails."""
    page.goto(host_site.url())
    visitor = Visitor(page)
    with page.expect_response("**/chat/stream?after=*") as response:
        visitor.open()
    assert response.value.ok
    page.route("**/chat/messages?after=*", lambda route: route.abort())
    return visitor


def test_the_stream_brings_the_bots_answer(listener):
    listener.say("Здравствуйте!")
    expect(listener.bubbles("bot")).to_have_count(1)


def test_the_stream_brings_the_operator_and_the_end_of_waiting(listener):
    listener.call_human.click()
    listener.reads_notice("Переключаю на человека")
    conversation = Conversation.objects.get()
    claim(conversation_id=conversation.pk, name="Анна", **ANNA)
    expect(listener.chat.get_by_role("heading", name="Анна")).to_be_visible()
    receive_operator_message(conversation_id=conversation.pk, text="Слушаю вас", **ANNA)
    listener.sees("operator", "Слушаю вас")


def test_a_restart_of_the_stream_loses_nothing(listener, realtime_server, page):
    listener.say("Здравствуйте!")
    expect(listener.bubbles("bot")).to_have_count(1)
    realtime_server.stop()
    listener.say("Спасибо!")
    listener.sees("visitor", "Спасибо!")
    realtime_server.start()
    page.evaluate("dispatchEvent(new Event('online'))")
    expect(listener.bubbles("bot")).to_have_count(2)
