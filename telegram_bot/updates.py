"""Takes in one update: it and its effects commit together, so a redelivered one changes nothing.

The webhook's view and the poller both come here. No LLM and no Telegram call happens on the way.
"""

import logging
from datetime import timedelta
from importlib import import_module

from django.db import transaction
from django.db.models import Case, F, Value, When
from django.utils import timezone
from telegram import Update

from chats.outages import is_outage
from telegram_bot.models import TelegramUpdate

logger = logging.getLogger(__name__)

State = TelegramUpdate.State
BOTS = ("support", "operators", "characters")
GIVE_UP_AFTER = 5  # failures
KEPT = timedelta(days=7)  # Telegram repeats an update for 24 hours
FAILED_KEPT = timedelta(days=90)
_LONGEST = 2**63 - 1


class MalformedUpdate(ValueError):
    """What was received is not an update of the Bot API."""


def handle_update(bot: str, data: dict) -> bool:
    """Handles an update once, whoever brings it and however often.

    True: it is settled (now, earlier, or given up after GIVE_UP_AFTER failures), False: bring it again later.
    Raises MalformedUpdate, and DatabaseError while the database is away.
    """
    update_id, kind, data = _checked(data)
    try:
        with transaction.atomic():
            if _settle(bot, update_id, kind):
                _dispatch(bot, data)
        return True
    except Exception as error:
        if is_outage(error):  # says nothing about the update: it is not counted as a failure of it
            logger.warning("update %s of the %s bot waits: %s", update_id, bot, str(error).partition("\n")[0])
            raise
        failure = error  # whatever is wrong with it must not block its chat for ever
    logger.error("update %s of the %s bot failed", update_id, bot, exc_info=failure)
    return _note_failure(bot, update_id, kind, data, failure)


def forget_old_updates() -> int:
    """Deletes what is too old to be delivered again, and returns how many. Failed ones are kept for longer."""
    now = timezone.now()
    old = TelegramUpdate.objects.received_before(now - KEPT).exclude(state=State.FAILED)
    failed = TelegramUpdate.objects.failed().received_before(now - FAILED_KEPT)
    return old.delete()[0] + failed.delete()[0]


def retry_failed(*, update_ids: list[int]) -> int:
    """Handles failed updates once more (rows by primary key), and returns how many were settled."""
    done = 0
    for row in (
        TelegramUpdate.objects.failed().filter(pk__in=update_ids).exclude(data=None).order_by("update_id")
    ):
        TelegramUpdate.objects.failed().filter(pk=row.pk).update(state=State.PENDING, attempts=0)
        handle_update(row.bot, row.data)
        done += TelegramUpdate.objects.filter(pk=row.pk, state=State.DONE).exists()
    return done


def _checked(data: object) -> tuple[int, str, dict]:
    """The id, the kind and the cleaned data of an update."""
    update_id = data.get("update_id") if isinstance(data, dict) else None
    if isinstance(update_id, bool) or not isinstance(update_id, int) or not 0 <= update_id <= _LONGEST:
        raise MalformedUpdate("no update_id")
    kind = next((key for key, value in data.items() if key != "update_id" and isinstance(value, dict)), "")
    return update_id, kind[:40], _storable(data)


def _storable(value):
    """The same without what PostgreSQL cannot store: NUL and lone surrogates."""
    if isinstance(value, str):
        return value.replace("\x00", "").encode("utf-8", "ignore").decode()
    if isinstance(value, dict):
        return {_storable(key): _storable(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_storable(item) for item in value]
    return value


def _settle(bot: str, update_id: int, kind: str) -> bool:
    """Marks the update as done; False when it was before. A second delivery waits here until the first commits."""
    TelegramUpdate.objects.bulk_create(
        [TelegramUpdate(bot=bot, update_id=update_id, kind=kind)], ignore_conflicts=True
    )
    return bool(
        TelegramUpdate.objects.unsettled()
        .filter(bot=bot, update_id=update_id)
        .update(state=State.DONE, data=None)
    )


def _dispatch(bot: str, data: dict) -> None:
    import_module(f"telegram_bot.bots.{bot}").handle(Update.de_json(data, None))


def _note_failure(bot: str, update_id: int, kind: str, data: dict, failure: Exception) -> bool:
    with transaction.atomic():
        TelegramUpdate.objects.bulk_create(
            [TelegramUpdate(bot=bot, update_id=update_id, kind=kind)], ignore_conflicts=True
        )
        mine = TelegramUpdate.objects.filter(bot=bot, update_id=update_id)
        mine.unsettled().update(
            attempts=F("attempts") + 1,
            error=f"{type(failure).__name__}: {failure}".replace("\x00", "")[:2000],
            data=data,
            state=Case(
                When(attempts__gte=GIVE_UP_AFTER - 1, then=Value(State.FAILED)), default=Value(State.PENDING)
            ),
        )
        return not mine.unsettled().exists()
