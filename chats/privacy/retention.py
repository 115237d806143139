"""RETENTION_DAYS: whoever has been silent for so long is erased; of the others, what is older loses its texts."""

import logging
from datetime import timedelta

from django.conf import settings
from django.db.models import Exists, OuterRef
from django.utils import timezone

from chats.models import Contact, Conversation
from chats.privacy.erasing import erase_person
from chats.privacy.parts import BATCH, get_parts
from chats.privacy.person import Person

logger = logging.getLogger(__name__)


def forget_old() -> tuple[int, int]:
    """Forgets what is older than RETENTION_DAYS, and returns how many contacts and how many rows. 0 days: nothing."""
    if not settings.RETENTION_DAYS:
        return 0, 0
    moment = timezone.now() - timedelta(days=settings.RETENTION_DAYS)
    contacts = _erase_silent(moment)
    rows = sum(part.forget_before(moment) for part in get_parts())
    logger.info("forgotten after %s days: %s contacts, %s rows", settings.RETENTION_DAYS, contacts, rows)
    return contacts, rows


def _erase_silent(moment) -> int:
    """One transaction for each, so that nobody waits for long."""
    spoke = Conversation.objects.filter(contact=OuterRef("pk"), last_activity_at__gte=moment)
    silent = Contact.objects.filter(~Exists(spoke), created_at__lt=moment, erased_at=None)
    last, count = 0, 0
    while batch := list(silent.filter(pk__gt=last).order_by("pk")[:BATCH]):
        count += sum(erase_person(Person((contact,)), silent_since=moment) for contact in batch)
        last = batch[-1].pk
    return count
