import json
import uuid

import pytest
from django.contrib.auth.models import User
from django.core.serializers.json import DjangoJSONEncoder

from chats import audit, characters, inbox, live
from chats.analytics import Event, record, user_id_of
from chats.conversations import call_human, close
from chats.models import AnalyticsEvent, Contact, Conversation, Delivery, Message
from chats.outbox import enqueue
from chats.privacy import erase_person, export_person, find_person
from llm.models import Character, LLMCall
from operators.models import Handoff, OperatorText
from operators.queue import sync_handoff
from telegram_bot.models import TelegramUpdate
from tests.privacy.search import places_of

pytestmark = pytest.mark.django_db

WORDS, NAME, ID = "planted7words", "planted7name", "770012345678"


@pytest.fixture
def planted(phone, other_phone, make_visitor, make_held, django_capture_on_commit_callbacks) -> Contact:
    """Somebody whose words and name stand wherever the desk ever puts any."""
    contact = make_visitor(NAME, username=NAME)
    Contact.objects.filter(pk=contact.pk).update(external_id=ID, meta={"first_name": NAME})
    contact.refresh_from_db()
    with django_capture_on_commit_callbacks(execute=True):
        _talk(contact, phone, other_phone)
        make_held(phone, "Другой")
        inbox.receive_message(contact=contact, text=f"{WORDS} вы здесь?")
        phone.receive()
        phone.type(f"{WORDS} кому это?")  # it may be for either: the operator is asked, and the text is held
        assert OperatorText.objects.held().exists()
        phone.type("/chats")
        other_phone.type("/queue")
    _write_where_only_accidents_do(contact, phone)
    _talk_with_a_character()
    return contact


def _talk(contact, phone, other_phone) -> None:
    first = inbox.receive_message(contact=contact, text=f"{WORDS} сначала").conversation
    close(conversation_id=first.pk, by="idle")
    inbox.receive_message(contact=contact, text=f"{WORDS} <b>потом</b>", meta={"file": WORDS})
    conversation = call_human(contact=contact)
    sync_handoff(conversation_id=conversation.pk)
    Handoff.objects.update(summary=WORDS, detail=WORDS)
    Conversation.objects.filter(pk=conversation.pk).update(draft=WORDS, summary=WORDS, handoff_detail=WORDS)
    other_phone.receive()
    other_phone.type("/queue")
    phone.press(f"claim:{conversation.pk}")
    phone.receive()
    phone.type(f"{WORDS} отвечает оператор")
    inbox.receive_message(contact=contact, text=f"{WORDS} не отправлено ещё")


def _write_where_only_accidents_do(contact, phone) -> None:
    conversation = Conversation.objects.open().get(contact=contact)
    telegram = {"chat": {"id": int(ID)}, "from": {"id": int(ID)}, "text": WORDS}
    TelegramUpdate.objects.create(
        bot="support", update_id=9_000_001, state="failed", data={"message": telegram}, error=f"Boom: {WORDS}"
    )
    quoting = {"chat": {"id": phone.id}, "from": {"id": phone.id}, "reply_to_message": {"text": WORDS}}
    TelegramUpdate.objects.create(
        bot="operators", update_id=9_000_002, state="failed", data={"message": quoting}
    )
    for ids in ({"contact_id": contact.pk}, {"conversation_id": conversation.pk}):
        LLMCall.objects.create(provider="openai", purpose="support", outcome="failed", error=WORDS, **ids)
    record(Event.REGISTERED, user_id=user_id_of(contact))
    enqueue(
        channel="telegram", address=ID, payload={"params": {"text": WORDS}}, dedupe_key=f"support:help:{ID}:5"
    )
    Delivery.objects.filter(address=ID).update(error=WORDS)
    audit.note(user_id=User.objects.create_superuser("planter").pk, rows=[contact], what="Изменено имя.")
    live.write_snapshot(live.name_of(contact), 3, conversation)


def _talk_with_a_character() -> None:
    contact = Contact.objects.create(channel="character", external_id=ID, name=NAME)
    mario = Character.objects.create(slug="m", name="Марио", tagline="-", greeting="Привет", instructions="-")
    characters.choose_character(contact=contact, character=mario, choice_id=uuid.uuid4(), source="link")
    characters.receive_for_character(contact=contact, text=f"{WORDS} Марио")


def test_what_is_planted_stands_in_many_places(planted):
    assert {
        "chats_contact",
        "chats_conversation",
        "chats_message",
        "chats_delivery",
        "chats_analyticsevent",
        "operators_handoff",
        "operators_operatortext",
        "telegram_bot_telegramupdate",
        "llm_llmcall",
        "django_admin_log",
    } <= set(places_of(WORDS, NAME, ID))
    assert [place for place in places_of(ID) if place.startswith("redis:poll")]


def test_nothing_planted_is_left(planted, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        assert erase_person(find_person(contact_id=planted.pk)) == 2
    assert places_of(WORDS, NAME, ID) == []


def test_counts_stay(planted):
    models = (Contact, Conversation, Message, Handoff, AnalyticsEvent, LLMCall, TelegramUpdate)
    before = {model: model.objects.count() for model in models}
    seqs = list(Message.objects.order_by("pk").values_list("contact", "seq"))
    erase_person(find_person(contact_id=planted.pk))
    after = {model: model.objects.count() for model in models}
    closings = AnalyticsEvent.objects.filter(event=Event.CONVERSATION_CLOSED).count() - 1
    assert after == before | {AnalyticsEvent: before[AnalyticsEvent] + closings}
    assert list(Message.objects.order_by("pk").values_list("contact", "seq")) == seqs


def test_others_keep_what_is_theirs(planted):
    erase_person(find_person(contact_id=planted.pk))
    other = Contact.objects.get(name="Другой")
    assert other.messages.filter(text="Где мой заказ?").exists()
    assert other.conversations.get().state == "operator"


def test_everybody_who_was_concerned_is_told_without_a_name(planted, phone):
    phone.receive()
    erase_person(find_person(contact_id=planted.pk))
    told = " ".join(phone.receive())
    assert "Посетитель" in told
    assert NAME not in told


def test_erasing_twice_changes_nothing(planted):
    erase_person(find_person(contact_id=planted.pk))
    assert erase_person(find_person(contact_id=planted.pk)) == 0


def test_whoever_writes_again_is_somebody_new(planted):
    erase_person(find_person(contact_id=planted.pk))
    assert not Contact.objects.filter(external_id=ID).exists()
    again = Contact.objects.create(channel="telegram", external_id=ID)
    assert inbox.receive_message(contact=again, text="Здравствуйте").message.seq == 1


def test_export_holds_everything_that_was_said(planted):
    document = export_person(find_person(contact_id=planted.pk))
    text = json.dumps(document, cls=DjangoJSONEncoder, ensure_ascii=False)
    for words in ("сначала", "<b>потом</b>", "отвечает оператор", "Марио"):
        assert words in text
    filled = {name for name, rows in document.items() if rows}
    assert filled == {"exported_at", "contacts", "conversations", "messages", "deliveries", "handoffs",
                      "llm_calls", "analytics_events", "telegram_updates"}  # fmt: skip


def test_export_holds_nothing_of_others(planted):
    text = json.dumps(export_person(find_person(contact_id=planted.pk)), cls=DjangoJSONEncoder)
    other = Contact.objects.get(name="Другой")
    assert other.external_id not in text


def test_texts_that_an_operator_sent_nowhere_are_not_kept(phone, held):
    phone.type(WORDS, reply_to=12345)
    for text in OperatorText.objects.held():
        phone.press(f"drop:{text.pk}")
    assert not OperatorText.objects.exclude(state="held").filter(text__contains=WORDS).exists()
