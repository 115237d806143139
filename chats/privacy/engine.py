"""The part of the engine and of the LLM's log: contacts, conversations, messages, deliveries, events, calls."""

import json
import uuid
from datetime import datetime
from html import unescape

from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db.models import F, Q

from chats.analytics import user_id_of
from chats.models import AnalyticsEvent, Contact, Conversation, Delivery, Message
from chats.privacy.exporting import as_dict
from chats.privacy.parts import update_in_batches
from chats.privacy.person import TELEGRAM, Person
from llm.models import LLMCall

_ENGINE = ("lease_until", "lease_token", "epoch", "attempts", "next_attempt_at")
ERASED = {"payload": {}, "error": ""}


def export(person: Person) -> dict:
    """The person, what was said, what was sent, and what it cost."""
    conversations = Conversation.objects.filter(contact__in=person.ids).order_by("pk")
    events = AnalyticsEvent.objects.filter(user_id__in=_user_ids(person)).order_by("pk")
    return {
        "contacts": [as_dict(contact) for contact in person.contacts],
        "conversations": [as_dict(row, leave_out=_ENGINE) for row in conversations],
        "messages": [
            as_dict(row) for row in Message.objects.filter(contact__in=person.ids).order_by("contact", "seq")
        ],
        "deliveries": [as_dict(row, leave_out=_ENGINE) for row in _deliveries(person).order_by("pk")],
        "llm_calls": [as_dict(row) for row in _calls(person).order_by("pk")],
        "analytics_events": [
            as_dict(row, leave_out=("lease_until", "lease_token", "error")) for row in events
        ],
    }


def erase(person: Person) -> None:
    """Blanks texts and names; takes back what has not been sent yet."""
    Message.objects.filter(contact__in=person.ids).update(text="", meta={}, client_id=None)
    Conversation.objects.filter(contact__in=person.ids).update(draft="", summary="", handoff_detail="")
    _erase_deliveries(person)
    _calls(person).exclude(error="").update(error="")
    _erase_events(person)
    contacts = ContentType.objects.get_for_model(Contact)
    for pk in person.ids:
        seen = LogEntry.objects.filter(content_type=contacts, object_id=str(pk))
        seen.update(object_repr=f"Посетитель {pk}")


def forget_before(moment: datetime) -> int:
    """Blanks the texts of what is over; what the bot still owes an answer to is kept."""
    settled = Q(conversation__state=Conversation.State.CLOSED) | Q(seq__lte=F("conversation__answered_seq"))
    messages = Message.objects.filter(settled, created_at__lt=moment).exclude(text="")
    closed = Conversation.objects.filter(state=Conversation.State.CLOSED, last_activity_at__lt=moment)
    sent = Delivery.objects.filter(created_at__lt=moment).exclude(state=Delivery.State.PENDING)
    calls = LLMCall.objects.filter(created_at__lt=moment)
    return (
        update_in_batches(messages, text="", meta={})
        + update_in_batches(
            closed.exclude(draft="", summary="", handoff_detail=""), draft="", summary="", handoff_detail=""
        )
        + update_in_batches(sent.exclude(**ERASED), **ERASED)
        + update_in_batches(calls.exclude(error=""), error="")
    )


def _deliveries(person: Person):
    addresses = Q(pk__in=[])
    for contact in person.contacts:
        addresses |= Q(channel=contact.channel, address=contact.external_id)
    return Delivery.objects.filter(addresses | Q(conversation__contact__in=person.ids))


def _erase_deliveries(person: Person) -> None:
    """What is on its way to the visitor is not sent; a worker that is sending it just now has lost its lease."""
    mine = _deliveries(person)
    for contact in person.contacts:
        ours = Delivery.objects.filter(channel=contact.channel, address=contact.external_id)
        ours.pending().delete()
        for pk, key in ours.filter(dedupe_key__contains=contact.external_id).values_list("pk", "dedupe_key"):
            nameless = key.replace(contact.external_id, f"erased-{contact.pk}")
            Delivery.objects.filter(pk=pk).update(dedupe_key=f"{nameless}:{uuid.uuid4().hex}"[-200:])
    mine.pending().update(state=Delivery.State.FAILED, lease_until=None, lease_token=None)
    mine.update(**ERASED)
    for contact in person.contacts:
        ours = Delivery.objects.filter(channel=contact.channel, address=contact.external_id)
        ours.update(address=f"erased-{contact.pk}")


def _calls(person: Person):
    conversations = Conversation.objects.filter(contact__in=person.ids).values("pk")
    return LLMCall.objects.filter(Q(contact_id__in=person.ids) | Q(conversation_id__in=conversations))


def _user_ids(person: Person) -> list[str]:
    return [user_id_of(contact) for contact in person.contacts]


def _erase_events(person: Person) -> None:
    """The events stay for the counts. A Telegram id that another contact still has is still that contact's."""
    for contact in person.contacts:
        others = Contact.objects.filter(channel__in=TELEGRAM, external_id=contact.external_id, erased_at=None)
        if contact.channel in TELEGRAM and others.exists():
            continue
        events = AnalyticsEvent.objects.filter(user_id=user_id_of(contact))
        events.update(user_id=f"erased-{contact.pk}", error="")


def mentions(payload: dict, names: list[str]) -> bool:
    """Does what is to be sent say one of these names, written as it is or as HTML?"""
    words = unescape(json.dumps(payload, ensure_ascii=False))
    return any(name in words or json.dumps(name, ensure_ascii=False)[1:-1] in words for name in names)
