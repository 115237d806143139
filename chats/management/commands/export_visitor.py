"""python manage.py export_visitor 17 --by admin > visitor.json"""

import json

from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand, CommandError
from django.core.serializers.json import DjangoJSONEncoder

from chats import audit
from chats.models import Contact
from chats.privacy import Person, export_person, find_person


class Command(BaseCommand):
    help = "Writes everything that is stored about a visitor, as JSON."

    def add_arguments(self, parser) -> None:
        add_visitor_arguments(parser)

    def handle(self, *, contact, by, **options) -> None:
        person, user_id = read_visitor_arguments(contact, by)
        document = export_person(person)
        audit.note(user_id=user_id, rows=person.contacts, what="Данные выгружены командой.")
        self.stdout.write(json.dumps(document, cls=DjangoJSONEncoder, ensure_ascii=False, indent=2))


def add_visitor_arguments(parser) -> None:
    """What export_visitor and erase_visitor are told."""
    parser.add_argument("contact", type=int, help="the visitor's number in the admin (Посетители)")
    parser.add_argument("--by", required=True, help="the admin in whose name this is done, for the audit log")


def read_visitor_arguments(contact: int, by: str) -> tuple[Person, int]:
    """The person and the admin's key. Raises CommandError."""
    user_id = get_user_model().objects.filter(username=by, is_staff=True).values_list("pk", flat=True).first()
    if user_id is None:
        raise CommandError(f"There is no admin called {by}.")
    try:
        return find_person(contact_id=contact), user_id
    except Contact.DoesNotExist:
        raise CommandError(f"There is no visitor {contact}.") from None
