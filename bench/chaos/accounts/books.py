"""What was accepted is stored once, under a seq without holes, and read as it is stored."""

from collections import Counter

from django.db.models import Count, F, Max, Min


def not_stored_once(ledger) -> list[str]:
    """Texts of visitors that the desk has accepted, and which it holds not at all, or twice."""
    from chats.models import Message

    stored = Counter(Message.objects.filter(author="visitor").values_list("text", flat=True))
    return [
        f"{said.who}: {said.text!r} stored {stored[said.text]} times"
        for said in ledger.said
        if stored[said.text] != 1
    ]


def holes() -> list[str]:
    """Contacts whose messages are not numbered 1, 2, 3 ..."""
    from chats.models import Contact

    rows = Contact.objects.annotate(
        count=Count("messages"), first=Min("messages__seq"), last=Max("messages__seq")
    ).exclude(count=F("last"), first=1, last=F("last_seq"))
    return [
        f"contact {row.pk}: {row.count} messages, {row.first} to {row.last}, last_seq {row.last_seq}"
        for row in rows.exclude(last_seq=0)
    ]


def misread(people) -> list[str]:
    """Visitors of the widget whose polls, one after the other, have not shown exactly what is stored."""
    from bench.chaos.people.web import WebVisitor
    from chats.api.tokens import hash_token
    from chats.models import Message

    found = []
    for visitor in people.visitors + people.probes:
        if isinstance(visitor, WebVisitor):
            stored = Message.objects.filter(contact__external_id=hash_token(visitor.token)).order_by("seq")
            shown = [(message["seq"], message["author"], message["text"]) for message in visitor.read]
            if shown != list(stored.values_list("seq", "author", "text")):
                found.append(f"{visitor}: {len(shown)} shown, {stored.count()} stored")
    return found
