"""Who did what, and when: Django's own log of the admin, in which every page of it writes its changes already."""

from collections.abc import Iterable

from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db.models import Model


def note(*, user_id: int, rows: Iterable[Model], what: str) -> None:
    """Writes down that this admin did `what` to each of the rows, one entry for each."""
    for row in rows:
        LogEntry.objects.log_actions(user_id, [row], CHANGE, what, single_object=True)


def note_export(*, user_id: int, model: type[Model], what: str) -> None:
    """Writes down that this admin has taken rows of a table away as a file: one entry, however many they are."""
    LogEntry.objects.create(
        user_id=user_id,
        content_type=ContentType.objects.get_for_model(model),
        object_repr=str(model._meta.verbose_name_plural),
        action_flag=CHANGE,
        change_message=what,
    )
