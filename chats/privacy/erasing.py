"""The right to be forgotten: every text and every name of a person goes; the rows stay, so that counts stay true."""

import logging
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from chats import live
from chats.conversations import close
from chats.models import Contact, Conversation
from chats.privacy.parts import get_parts
from chats.privacy.person import Person
from chats.redis import RedisError, get_redis

logger = logging.getLogger(__name__)


def erase_person(person: Person, *, silent_since: datetime | None = None) -> int:
    """Erases a person everywhere, at once, and returns how many contacts were erased that had not been before.

    With `silent_since` only one who has said nothing, and heard nothing, since that moment.

    Their conversations are closed, which moves the epoch on: an answer that is on its way is not written any more.
    Their contacts take no message any more: whoever writes again is a new contact.
    """
    with transaction.atomic():
        contacts = _lock(person)
        if not contacts:
            return 0
        known = Person(tuple(contacts))
        conversations = Conversation.objects.filter(contact__in=known.ids)
        if silent_since and conversations.filter(last_activity_at__gte=silent_since).exists():
            return 0
        for pk in conversations.open().order_by("pk").values_list("pk", flat=True):
            close(conversation_id=pk, by="erased")
        for contact in contacts:
            _make_nameless(contact)
        for part in reversed(
            get_parts()
        ):  # the engine first: what the desk then says of it has no name in it
            part.erase(known)
        transaction.on_commit(lambda: _forget_in_redis(known), robust=True)
    return len(contacts)


def _lock(person: Person) -> list[Contact]:
    contacts = Contact.objects.select_for_update().filter(pk__in=person.ids, erased_at=None)
    return list(contacts.order_by("pk"))


def _make_nameless(contact: Contact) -> None:
    """Leaves the channel and the counts. The id says nothing, and nobody's token or account leads to it."""
    Contact.objects.filter(pk=contact.pk).update(
        external_id=f"erased-{contact.pk}",
        name="",
        username="",
        meta={},
        erased_at=timezone.now(),
        updated_at=timezone.now(),
    )


def _forget_in_redis(person: Person) -> None:
    """After the news of the closing has gone out; without Redis there is nothing to forget."""
    keys = []
    for contact in person.contacts:
        keys += live.keys_of(live.name_of(contact))
        keys.append(f"typing:{contact.channel}:{contact.external_id}")
    try:
        get_redis().delete(*keys)
    except RedisError as error:
        logger.warning("Redis forgets by itself within %s s: %s", live.SNAPSHOT_TTL, error)
