from datetime import timedelta

import pytest
from django.utils import timezone

from chats import inbox
from chats.conversations import close
from chats.models import Contact, Conversation, Delivery, Message
from chats.privacy import forget_old
from chats.tasks import forget_old as task
from llm.models import LLMCall
from operators.models import Handoff

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _thirty_days(settings):
    settings.RETENTION_DAYS = 30


def _make_old(days: int) -> None:
    """Everything there is now happened so many days ago."""
    moment = timezone.now() - timedelta(days=days)
    Contact.objects.update(created_at=moment)
    Conversation.objects.update(last_activity_at=moment, created_at=moment)
    Message.objects.update(created_at=moment)
    Delivery.objects.update(created_at=moment)
    LLMCall.objects.update(created_at=moment)
    Handoff.objects.update(closed_at=moment)


def _texts() -> list[str]:
    return list(Message.objects.order_by("pk").values_list("text", flat=True))


@pytest.mark.parametrize(("days", "erased"), [(29, 0), (31, 1)])
def test_whoever_was_silent_so_long_is_erased(visitor, days, erased):
    inbox.receive_message(contact=visitor, text="Здравствуйте")
    _make_old(days)
    forget_old()
    assert Contact.objects.exclude(erased_at=None).count() == erased
    assert _texts() == ([""] if erased else ["Здравствуйте"])


def test_zero_keeps_everything(settings, visitor):
    settings.RETENTION_DAYS = 0
    inbox.receive_message(contact=visitor, text="Здравствуйте")
    _make_old(3000)
    assert forget_old() == (0, 0)
    assert _texts() == ["Здравствуйте"]


def test_whoever_still_writes_keeps_what_is_new(visitor):
    old = inbox.receive_message(contact=visitor, text="Давно").conversation
    Conversation.objects.update(summary="Давно", draft="Давно")
    close(conversation_id=old.pk, by="reset")
    LLMCall.objects.create(
        provider="openai", purpose="support", outcome="failed", error="Давно", contact_id=visitor.pk
    )
    _make_old(31)
    inbox.receive_message(contact=visitor, text="Недавно")
    task()
    old.refresh_from_db()
    assert _texts() == ["", "Недавно"]
    assert (old.summary, old.draft, LLMCall.objects.get().error) == ("", "", "")
    assert Contact.objects.get().name == "Мария"


def test_what_is_owed_an_answer_is_kept(visitor):
    inbox.receive_message(contact=visitor, text="Давно, и без ответа")
    _make_old(31)
    inbox.receive_message(contact=visitor, text="Ау")
    forget_old()
    assert "Давно, и без ответа" in _texts()


def test_what_was_sent_loses_its_content_and_what_waits_does_not(visitor):
    inbox.receive_message(contact=visitor, text="Позовите оператора")
    Delivery.objects.create(
        channel="operator", address="1", payload={"text": "Мария"}, dedupe_key="list", state="sent"
    )
    _make_old(31)
    inbox.receive_message(contact=visitor, text="Ау")
    forget_old()
    assert Delivery.objects.get(dedupe_key="list").payload == {}
    assert all(payload for payload in Delivery.objects.pending().values_list("payload", flat=True))


def test_history_is_still_read_without_holes(client):
    headers = {"Chat-Token": "a-visitor-of-the-site"}
    for text in ("Давно", "Недавно"):
        client.post(
            "/api/v1/chat/messages",
            {"text": text, "client_id": "2f1b7a52-6f0e-4c63-9c41-3f4d5f7a9a1" + str(len(text))},
            content_type="application/json",
            headers=headers,
        )
        if text == "Давно":
            Conversation.objects.update(answered_seq=1)
            moment = timezone.now() - timedelta(days=31)
            Message.objects.update(created_at=moment)
    forget_old()
    shown = client.get("/api/v1/chat/messages?after=0", headers=headers).json()["messages"]
    assert [(message["seq"], message["text"]) for message in shown] == [(1, "…"), (2, "Недавно")]


def test_the_model_is_not_shown_what_was_forgotten(visitor):
    conversation = inbox.receive_message(contact=visitor, text="Давно").conversation
    Message.objects.update(text="")
    inbox.receive_message(contact=visitor, text="Недавно")
    assert [m.text for m in Message.objects.latest_of(conversation.pk, 20)] == ["Недавно"]
