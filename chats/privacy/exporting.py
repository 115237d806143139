"""Everything that is stored about a person, in one JSON document."""

from django.db.models import Model
from django.utils import timezone

from chats.privacy.parts import get_parts
from chats.privacy.person import Person


def export_person(person: Person) -> dict:
    """What every part knows of the person. Dates are left to the encoder (DjangoJSONEncoder)."""
    document: dict = {"exported_at": timezone.now()}
    for part in get_parts():
        document |= part.export(person)
    return document


def as_dict(row: Model, *, leave_out: tuple[str, ...] = ()) -> dict:
    """The fields of a row by name, without those that only serve the engine."""
    names = [field.attname for field in row._meta.concrete_fields if field.name not in leave_out]
    return {name: getattr(row, name) for name in names}
