"""The person behind an update: saved at the first word, kept up to date later."""

from django.utils import timezone
from telegram import User

from chats.models import Contact

#: Language codes of those who are spoken to in Russian.
_RUSSIAN = ("ru", "be", "uk", "kk", "ky", "tg", "uz", "hy", "az")


def keep_contact(*, channel: str, user: User, **meta) -> tuple[Contact, bool]:
    """The contact of a Telegram user, and whether it is new; name, username and language follow what Telegram says.

    `meta` is merged into the contact's meta.
    """
    known = {
        "name": " ".join(f"{user.first_name or ''} {user.last_name or ''}".split())[:200],
        "username": (user.username or "")[:100],
    }
    meta = {
        "first_name": user.first_name or "",
        "last_name": user.last_name or "",
        "language_code": user.language_code or "",
        **meta,
    }
    contact, created = Contact.objects.get_or_create(
        channel=channel,
        external_id=str(user.id),
        defaults=known | {"meta": meta, "language": language_of(user.language_code)},
    )
    if not created:
        _update(contact, known, meta)
    return contact, created


def language_of(language_code: str | None) -> str:
    """Which of our languages suits a Telegram language code; Russian where there is none."""
    return "ru" if not language_code or language_code.split("-")[0].lower() in _RUSSIAN else "en"


def _update(contact: Contact, known: dict, meta: dict) -> None:
    changes = {field: value for field, value in known.items() if getattr(contact, field) != value}
    if any(contact.meta.get(key) != value for key, value in meta.items()):
        changes["meta"] = contact.meta | meta
        if contact.meta.get("language_code") != meta["language_code"]:
            changes["language"] = language_of(meta["language_code"])
    if changes:
        for field, value in changes.items():
            setattr(contact, field, value)
        # Not save(): whoever was erased a moment ago must not get the name back
        Contact.objects.filter(pk=contact.pk, erased_at=None).update(**changes, updated_at=timezone.now())
