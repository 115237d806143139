"""Who works here: people register, an admin lets them in or dismisses them, they go on and off duty."""

from django.db import IntegrityError, transaction
from django.utils import timezone

from operators import cards
from operators.claims import pass_on_all
from operators.models import Handoff, Operator
from operators.screen import get_screen, new_key


class NotApproved(Exception):
    """An admin has not let this person in, or has dismissed them."""


def register(
    *, telegram_id: int, chat_id: int, name: str, username: str = "", language: str = "ru"
) -> Operator:
    """The person's row, made inactive at first sight. The name stays as an admin may have changed it."""
    seen = {"chat_id": chat_id, "username": username[:100], "language": language}
    try:
        with transaction.atomic():
            operator, created = Operator.objects.get_or_create(
                telegram_id=telegram_id, defaults={"name": name[:200] or f"№{telegram_id}", **seen}
            )
    except IntegrityError:
        operator, created = Operator.objects.get(telegram_id=telegram_id), False
    changed = {field: value for field, value in seen.items() if getattr(operator, field) != value}
    if not created and changed:
        Operator.objects.filter(pk=operator.pk).update(**changed)
        operator.refresh_from_db()
    return operator


def approve(*, operator_ids: list[int]) -> int:
    """Lets people in and tells them; returns how many were not in before."""
    return sum(_approve(pk) for pk in operator_ids)


def dismiss(*, operator_ids: list[int]) -> int:
    """Takes people off at once: what they hold goes back to the queue. Returns how many were in before."""
    return sum(_dismiss(pk) for pk in operator_ids)


def go_on_duty(*, operator_id: int) -> bool:
    """Puts an operator on duty and offers what waits; False when they were on duty already. Raises NotApproved."""
    with transaction.atomic():
        operator = Operator.objects.locked(operator_id)
        if not operator.active:
            raise NotApproved
        came = not operator.on_duty
        if came:
            operator.on_duty, operator.on_duty_since = True, timezone.now()
            operator.save(update_fields=["on_duty", "on_duty_since"])
        get_screen().on_duty(operator, waiting=Handoff.objects.unclaimed().count(), key=new_key("on_duty"))
        cards.offer_waiting(operator)
        return came


def go_off_duty(*, operator_id: int, reason: str = "off_duty") -> int | None:
    """Takes an operator off duty; what they hold goes back to the queue. Returns how many, None when already off.

    `reason`: off_duty, or unreachable when the operator's bot cannot reach them.
    """
    with transaction.atomic():
        operator = Operator.objects.locked(operator_id)
        return _leave(operator, reason) if operator.on_duty else None


def _approve(operator_id: int) -> bool:
    with transaction.atomic():
        operator = Operator.objects.locked(operator_id)
        if operator.active:
            return False
        operator.active, operator.approved_at = True, timezone.now()
        operator.save(update_fields=["active", "approved_at"])
        get_screen().approved(operator, key=new_key("approved"))
        return True


def _dismiss(operator_id: int) -> bool:
    with transaction.atomic():
        operator = Operator.objects.locked(operator_id)
        if not operator.active:
            return False
        _leave(operator, "dismissed")
        operator.active = False
        operator.save(update_fields=["active"])
        return True


def _leave(operator: Operator, reason: str) -> int:
    operator.on_duty, operator.on_duty_since = False, None
    operator.save(update_fields=["on_duty", "on_duty_since"])  # first: nothing is offered to them again
    passed_on = pass_on_all(operator, reason=reason)
    if reason == "unreachable":
        operator.cards.open().update(closed_at=timezone.now())  # nothing can be changed on their screen
    else:
        cards.withdraw(operator.cards.all(), why="off_duty")
    get_screen().off_duty(operator, why=reason, passed_on=passed_on, key=new_key("off_duty"))
    return passed_on
