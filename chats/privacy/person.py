"""Who is meant: one person may be a contact of several channels."""

from dataclasses import dataclass

from chats.models import Contact

#: Channels on which the same external id is the same human being.
TELEGRAM = ("telegram", "character")


@dataclass(frozen=True, slots=True)
class Person:
    """The contacts of one human being, as they were before anything was erased."""

    contacts: tuple[Contact, ...]

    @property
    def ids(self) -> list[int]:
        """The keys of the contacts."""
        return [contact.pk for contact in self.contacts]

    @property
    def names(self) -> list[str]:
        """What the person is called where somebody reads of them: not empty, the longest first."""
        names = {name for c in self.contacts for name in (c.name, c.username, c.display_name) if name}
        return sorted(names, key=len, reverse=True)


def find_person(*, contact_id: int) -> Person:
    """The person behind a contact: the same Telegram user on both bots is one. Raises Contact.DoesNotExist."""
    contact = Contact.objects.get(pk=contact_id)
    if contact.channel not in TELEGRAM or contact.erased_at:
        return Person((contact,))
    same = Contact.objects.filter(channel__in=TELEGRAM, external_id=contact.external_id)
    return Person(tuple(same.order_by("pk")))
