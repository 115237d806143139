"""The modules of settings.PRIVACY_PARTS, upper apps first. Each has three functions:

export(person) -> dict          what it knows of them, as plain JSON
erase(person) -> None           removes it, inside the transaction in which the contacts are locked
forget_before(moment) -> int    removes the texts of what is older and over, and returns how many rows
"""

from importlib import import_module
from types import ModuleType

from django.conf import settings
from django.db.models import Model, QuerySet

BATCH = 1000


def get_parts() -> list[ModuleType]:
    """The parts in the order of the settings."""
    return [import_module(path) for path in settings.PRIVACY_PARTS]


def update_in_batches(rows: QuerySet[Model], **changes) -> int:
    """Updates many rows without holding many locks, and returns how many."""
    last, count = 0, 0
    while pks := list(rows.filter(pk__gt=last).order_by("pk").values_list("pk", flat=True)[:BATCH]):
        count += rows.filter(pk__in=pks).update(**changes)
        last = pks[-1]
    return count
