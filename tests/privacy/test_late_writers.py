"""Whoever was about to write something when the visitor was erased writes nothing."""

import pytest

from chats import answering, inbox, outbox
from chats.api.tokens import hash_token, make_contact
from chats.channels import TemporaryDeliveryError, get_channel
from chats.conversations import ConversationConflict
from chats.models import Contact, Conversation, Delivery, Message
from chats.privacy import erase_person, find_person
from llm.reply import Reply
from operators.models import Operator
from telegram_bot.contacts import keep_contact
from tests.chats.channels import Recorder
from tests.privacy.search import places_of

pytestmark = pytest.mark.django_db

TOKEN = "a-visitor-of-the-site"
WORDS = "planted7words"


@pytest.fixture
def recorder(settings):
    settings.CHANNELS = settings.CHANNELS | {"telegram": "tests.chats.channels.Recorder"}
    get_channel.cache_clear()
    Recorder.reset()
    yield Recorder
    Recorder.reset()
    get_channel.cache_clear()


def _erase(contact: Contact) -> None:
    erase_person(find_person(contact_id=contact.pk))


def test_worker_that_is_answering_writes_nothing(visitor, monkeypatch):
    conversation = inbox.receive_message(contact=visitor, text="Сколько стоит доставка?").conversation

    def think(request, **_):
        _erase(visitor)
        return Reply(kind="answer", text=f"{WORDS} в ответе")

    monkeypatch.setattr(answering, "compose_reply", think)
    assert answering.answer_conversation(conversation_id=conversation.pk) is None
    assert places_of(WORDS) == []
    assert Conversation.objects.get().closed_by == "erased"


def test_message_under_way_is_stored_under_a_new_contact(client, monkeypatch):
    """The first try has found a contact that is erased before it is locked; the client tries again."""
    client.raise_request_exception = False
    known = make_contact(hash_token(TOKEN))
    inbox.receive_message(contact=known, text="Здравствуйте")
    store = inbox._store

    def send():
        body = {"text": "Это я", "client_id": "2f1b7a52-6f0e-4c63-9c41-3f4d5f7a9a10"}
        headers = {"Chat-Token": TOKEN}
        return client.post("/api/v1/chat/messages", body, content_type="application/json", headers=headers)

    def erase_and_store(contact, *args, **kwargs):
        _erase(contact)
        return store(contact, *args, **kwargs)

    with monkeypatch.context() as just_then:
        just_then.setattr(inbox, "_store", erase_and_store)
        response = send()
    assert (response.status_code, response.headers["Retry-After"]) == (503, "1")
    _erase(known)  # what was undone with the message
    assert send().json()["seq"] == 1
    assert Message.objects.exclude(text="").get().contact != known


def test_operator_who_types_just_then_writes_to_nobody(phone, held):
    _erase(held.contact)
    with pytest.raises(ConversationConflict):
        inbox.receive_operator_message(
            conversation_id=held.pk,
            channel="operator",
            address=Operator.objects.get().address,
            text=WORDS,
        )
    phone.type(f"{WORDS} ещё")
    assert places_of(WORDS) == []


@pytest.mark.parametrize("trouble", [None, TemporaryDeliveryError(f"429 {WORDS}")], ids=["sent", "refused"])
def test_worker_that_is_sending_notes_nothing(visitor, recorder, trouble):
    recorder.trouble = {visitor.external_id: [trouble]} if trouble else {}
    recorder.on_send = staticmethod(lambda delivery: _erase(visitor))
    outbox.enqueue(
        channel="telegram", address=visitor.external_id, payload={"text": WORDS}, dedupe_key="support:hello"
    )
    outbox.flush_address(channel="telegram", address=visitor.external_id)
    assert places_of(WORDS) == []
    assert not Delivery.objects.pending().exists()


def test_update_under_way_does_not_bring_the_name_back(visitor, monkeypatch):
    class User:
        id, first_name, last_name, username, language_code = int(visitor.external_id), WORDS, None, None, "ru"

    found = Contact.objects.get(pk=visitor.pk)
    _erase(visitor)
    monkeypatch.setattr(Contact.objects, "get_or_create", lambda **_: (found, False))
    keep_contact(channel="telegram", user=User)
    assert places_of(WORDS) == []
