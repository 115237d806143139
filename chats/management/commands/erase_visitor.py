"""python manage.py erase_visitor 17 --by admin"""

from django.core.management.base import BaseCommand

from chats import audit
from chats.management.commands.export_visitor import add_visitor_arguments, read_visitor_arguments
from chats.models import Contact
from chats.privacy import erase_person


class Command(BaseCommand):
    help = "Erases every text and every name of a visitor, for good."

    def add_arguments(self, parser) -> None:
        add_visitor_arguments(parser)
        parser.add_argument("--yes", action="store_true", help="do not ask")

    def handle(self, *, contact, by, yes, **options) -> None:
        person, user_id = read_visitor_arguments(contact, by)
        names = ", ".join(str(contact) for contact in person.contacts)
        if not yes and input(f"Erase {names}? It cannot be undone. Type yes: ") != "yes":
            self.stdout.write("Nothing was erased.")
            return
        count = erase_person(person)
        audit.note(
            user_id=user_id, rows=Contact.objects.filter(pk__in=person.ids), what="Данные стёрты командой."
        )
        self.stdout.write(f"Erased: {count}.")
