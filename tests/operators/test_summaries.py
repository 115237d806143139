import threading

import pytest

from chats.inbox import receive_message
from operators import summaries
from operators.claims import claim_handoff
from operators.models import Handoff
from operators.summaries import summarise_handoff

pytestmark = pytest.mark.django_db


@pytest.fixture
def long_story(waiting):
    """A handoff whose conversation is worth a summary."""
    for text in ("Заказ 4412", "Обещали вчера", "Курьер не приехал"):
        receive_message(contact=waiting.contact, text=text)
    return Handoff.objects.get()


@pytest.fixture
def say(monkeypatch):
    """say("..."): what the LLM answers when it is asked for a summary; an exception is raised."""

    def say(answer):
        def summarise(turns, language, **whose):
            if isinstance(answer, Exception):
                raise answer
            return answer

        monkeypatch.setattr(summaries, "summarise", summarise)

    return say


def test_summary_is_added_to_the_card(phone, long_story, say):
    phone.receive()
    say("Не привезли <заказ>")
    summarise_handoff(handoff_id=long_story.pk)
    assert "Не привезли &lt;заказ&gt;" in phone.receive()[-1]
    assert phone.has_button(f"Взять №{long_story.conversation_id}")


def test_card_is_there_without_waiting_for_the_summary(phone, long_story):
    assert "Мария" in phone.receive()[0]


@pytest.mark.parametrize("answer", [RuntimeError("no LLM"), "", "\x00"])
def test_card_stays_as_it_is_without_a_summary(phone, long_story, say, answer):
    phone.receive()
    say(answer)
    assert not summarise_handoff(handoff_id=long_story.pk)
    assert phone.receive() == []


def test_summary_is_asked_for_once(long_story, say):
    say("Кратко")
    assert (summarise_handoff(handoff_id=long_story.pk), summarise_handoff(handoff_id=long_story.pk)) == (
        True,
        False,
    )


def test_summary_of_a_handoff_that_was_claimed_meanwhile_changes_no_card(
    phone, operator, long_story, monkeypatch
):
    phone.receive()

    def claim_while_thinking(turns, language):
        claim_handoff(operator_id=operator.pk, conversation_id=long_story.conversation_id)
        return "Кратко"

    monkeypatch.setattr(summaries, "summarise", claim_while_thinking)
    summarise_handoff(handoff_id=long_story.pk)
    assert not any("Кратко" in text for text in phone.receive())


def test_short_conversation_is_its_own_summary(waiting, say):
    say(AssertionError("the LLM is not to be asked"))
    assert not summarise_handoff(handoff_id=Handoff.objects.get().pk)


@pytest.mark.django_db(transaction=True)
def test_no_connection_is_held_while_the_llm_thinks(make_waiting, monkeypatch):
    from django.db import connection

    conversation = make_waiting("Мария")
    for text in ("Заказ 4412", "Обещали вчера", "Курьер не приехал"):
        receive_message(contact=conversation.contact, text=text)
    held = []

    def look(turns, language, **whose):
        held.append(connection.connection)
        return "Кратко"

    monkeypatch.setattr(summaries, "summarise", look)

    def work():
        summarise_handoff(handoff_id=Handoff.objects.get().pk)
        connection.close()

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert held == [None]
