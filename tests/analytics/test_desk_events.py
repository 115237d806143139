"""The desk's events are written with their facts, or not at all."""

import pytest
from django.db import transaction

from chats.conversations import ConversationConflict, claim, close_by_operator, request_human, transfer
from chats.inbox import receive_message
from chats.models import AnalyticsEvent, Contact

pytestmark = pytest.mark.django_db
ANNA = {"channel": "operator", "address": "7000000002"}


@pytest.fixture
def conversation():
    contact = Contact.objects.create(channel="telegram", external_id="7000000001", name="Мария")
    return receive_message(contact=contact, text="Сколько стоит доставка?").conversation


def events():
    return list(AnalyticsEvent.objects.order_by("pk").values_list("event", "properties"))


def test_handoff_and_its_end_are_recorded(conversation):
    request_human(conversation_id=conversation.pk, reason="words")
    claim(conversation_id=conversation.pk, name="Анна", **ANNA)
    close_by_operator(conversation_id=conversation.pk, **ANNA)
    base = {"channel": "telegram", "conversation": conversation.pk}
    assert events() == [
        ("handoff requested", base | {"reason": "words"}),
        ("handoff claimed", base | {"reason": "words"}),
        ("conversation closed", base | {"by": "operator"}),
    ]
    assert set(AnalyticsEvent.objects.values_list("user_id", flat=True)) == {"7000000001"}


def test_transfer_is_another_request(conversation):
    request_human(conversation_id=conversation.pk, reason="words")
    claim(conversation_id=conversation.pk, name="Анна", **ANNA)
    transfer(conversation_id=conversation.pk, **ANNA)
    assert [name for name, _ in events()] == ["handoff requested", "handoff claimed", "handoff requested"]


def test_lost_claim_is_no_event(conversation):
    with pytest.raises(ConversationConflict):
        claim(conversation_id=conversation.pk, name="Анна", **ANNA)
    assert events() == []


def test_fact_that_is_undone_leaves_no_event(conversation):
    with transaction.atomic():
        request_human(conversation_id=conversation.pk, reason="words")
        transaction.set_rollback(True)
    assert events() == []


def test_visitor_of_the_site_is_a_number(conversation):
    web = Contact.objects.create(channel="web", external_id="a" * 64)
    other = receive_message(contact=web, text="Сколько стоит доставка?").conversation
    request_human(conversation_id=other.pk, reason="button")
    assert AnalyticsEvent.objects.get().user_id == f"web-{web.pk}"


def test_no_text_gets_into_an_event(conversation):
    request_human(conversation_id=conversation.pk, reason="model", detail="плачет", draft="черновик")
    stored = str(list(AnalyticsEvent.objects.values()))
    assert not any(text in stored for text in ("доставка", "плачет", "черновик", "Мария"))
