"""Telegram's part of what is known of a visitor: updates that could not be handled are kept with their content."""

from collections.abc import Iterator
from datetime import datetime

from chats.models import Delivery
from chats.privacy.parts import update_in_batches
from chats.privacy.person import Person
from telegram_bot.models import TelegramUpdate
from telegram_bot.outgoing import BOTS

ERASED = {"data": None, "error": ""}


def export(person: Person) -> dict:
    """The updates of this person that are kept."""
    rows = TelegramUpdate.objects.filter(pk__in=_updates_of(person)).order_by("pk")
    return {"telegram_updates": list(rows.values("bot", "update_id", "kind", "state", "data", "created_at"))}


def erase(person: Person) -> None:
    """Blanks them; one that failed cannot be handled once more."""
    TelegramUpdate.objects.filter(pk__in=_updates_of(person)).update(**ERASED)


def forget_before(moment: datetime) -> int:
    """Blanks those of whoever it was."""
    old = TelegramUpdate.objects.received_before(moment).exclude(data=None, error="")
    return update_in_batches(old, **ERASED)


def _updates_of(person: Person) -> list[int]:
    """Those the person sent, and those in which an operator answered something of theirs: few are kept at all."""
    senders = {(BOTS[c.channel], c.external_id) for c in person.contacts if c.channel in BOTS}
    first = min(contact.created_at for contact in person.contacts)
    kept = TelegramUpdate.objects.exclude(data=None, error="")
    found = []
    for row in kept.filter(created_at__gte=first).only("bot", "data").iterator():
        people = set(_ids(row.data or {}))
        theirs = any(bot == row.bot and number in people for bot, number in senders)
        if theirs or (row.bot == "operators" and _is_about(person, people)):
            found.append(row.pk)
    return found


def _ids(value) -> Iterator[str]:
    """The ids of the people and chats of an update, however deep they stand."""
    if isinstance(value, dict):
        for key, item in value.items():
            if key in {"from", "chat", "user"} and isinstance(item, dict) and "id" in item:
                yield str(item["id"])
            yield from _ids(item)
    elif isinstance(value, list):
        for item in value:
            yield from _ids(item)


def _is_about(person: Person, people: set[str]) -> bool:
    """An operator's update: written by somebody who has answered this person, and so perhaps to or about them."""
    operators = Delivery.objects.filter(channel="operator", conversation__contact__in=person.ids)
    return operators.filter(address__in=people).exists()
