"""Writes down what has happened. Never a text: numbers and names of things only."""

import uuid

from chats.models.analytics_event import AnalyticsEvent
from chats.models.contact import Contact

_KEYS = uuid.UUID("3f0a9c1e-5b42-4a8d-9a77-0c6f2e4d8b15")
_TELEGRAM = {"telegram", "character"}


def record(event: str, *, user_id: str, properties: dict | None = None, key: str = "") -> None:
    """Stores one event in the caller's transaction. With a `key` the same fact is stored once, however often told."""
    insert_id = uuid.uuid5(_KEYS, f"{event}:{key}") if key else uuid.uuid4()
    AnalyticsEvent.objects.bulk_create(
        [AnalyticsEvent(event=event, user_id=user_id, properties=properties or {}, insert_id=insert_id)],
        ignore_conflicts=bool(key),
    )


def user_id_of(contact: Contact) -> str:
    """Who a contact is for analytics: the Telegram id, the same on both bots; elsewhere a number of ours."""
    return contact.external_id if contact.channel in _TELEGRAM else f"{contact.channel}-{contact.pk}"
