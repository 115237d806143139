"""Whose is this text? What an operator types goes to one visitor for certain, or to nobody."""

from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from chats.conversations import ConversationConflict
from chats.inbox import BadText, clean_text, receive_operator_message
from chats.models import Conversation, Delivery
from chats.typing import operator_is_typing
from operators.focus import flight, held_by, meant_by, set_current
from operators.models import Operator, OperatorText
from operators.screen import CHANNEL, get_screen, new_key

State = OperatorText.State


class Verdict(StrEnum):
    SENT = "sent"
    ASKED = "asked"  # nothing was sent: the operator is asked whom it is for
    NOT_HELD = "not_held"  # nothing was sent: that conversation is not (or no longer) theirs
    NOBODY = "nobody"  # nothing was sent: the operator has no conversation
    BAD_TEXT = "bad_text"  # nothing was sent: `detail` says why (empty or too_long)
    DROPPED = "dropped"  # nothing was sent, as the operator wished
    REPEATED = "repeated"  # this message has been dealt with before
    EXPIRED = "expired"  # nothing was sent: the question is too old, or answered


@dataclass(frozen=True, slots=True)
class Routed:
    """What has become of a text."""

    verdict: Verdict
    conversation: Conversation | None = None
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Addressee:
    """The conversation something is for; where it is None, `candidates` are those it may be for."""

    conversation: Conversation | None
    candidates: list[Conversation]


def find_addressee(operator: Operator, *, source_id: int, reply_to: int | None = None) -> Addressee:
    """Whom a message of this operator is for.

    A reply belongs to the conversation of what it replies to, held or not; anything else to the current conversation,
    if that is certain. `reply_to` is the id of the message replied to, 0 where that is not a message of this chat.
    """
    plain = reply_to is None
    conversation = meant_by(operator, source_id=source_id) if plain else _conversation_of(operator, reply_to)
    return Addressee(conversation, [] if conversation else list(held_by(operator)))


def route_text(*, operator: Operator, source_id: int, text: str, reply_to: int | None = None) -> Routed:
    """Sends an operator's text to the visitor it is for, or asks. A repeat of the same source_id changes nothing."""
    with transaction.atomic():
        operator = Operator.objects.locked(operator.pk)  # as they are now: what is current may have changed
        if OperatorText.objects.filter(operator=operator, source_id=source_id).exists():
            return Routed(Verdict.REPEATED)
        try:
            text = clean_text(text)
        except BadText as error:
            return Routed(Verdict.BAD_TEXT, detail=error.code)
        addressee = find_addressee(operator, source_id=source_id, reply_to=reply_to)
        row = OperatorText(operator=operator, source_id=source_id, text=text)
        if addressee.conversation:
            return _send(row, addressee.conversation)
        if not addressee.candidates:
            row.state, row.text = State.REFUSED, ""
            row.save()
            return Routed(Verdict.NOBODY)
        row.state, row.ask_key = State.HELD, new_key("ask")
        row.save()
        get_screen().ask_addressee(row, addressee.candidates, key=row.ask_key)
        return Routed(Verdict.ASKED)


def send_held(*, operator: Operator, text_id: int, conversation_id: int) -> Routed:
    """The operator has said whom a held text is for: it is sent, and that conversation becomes the current one."""
    with transaction.atomic():
        operator = Operator.objects.locked(operator.pk)
        row = operator.texts.select_for_update().filter(pk=text_id, state=State.HELD).first()
        if row is None:
            return Routed(Verdict.EXPIRED)
        if row.created_at < _oldest_held():
            _settle(row, State.EXPIRED)
            return Routed(Verdict.EXPIRED)
        conversation = Conversation.objects.select_related("contact").filter(pk=conversation_id).first()
        if conversation is None:
            return Routed(Verdict.NOT_HELD)
        routed = _send(row, conversation)
        get_screen().settle_ask(row)
        if routed.verdict == Verdict.SENT:
            make_current(operator, conversation)
        return routed


def drop_held(*, operator: Operator, text_id: int) -> Routed:
    """The operator does not want to send a held text after all."""
    with transaction.atomic():
        row = operator.texts.select_for_update().filter(pk=text_id, state=State.HELD).first()
        if row is None:
            return Routed(Verdict.EXPIRED)
        _settle(row, State.DROPPED)
        return Routed(Verdict.DROPPED)


def correct(*, operator: Operator, source_id: int, text: str) -> Verdict | None:
    """The operator has edited a message: a held text changes (ASKED), a sent one cannot (SENT). None: nothing new."""
    row = operator.texts.filter(source_id=source_id).first()
    if row is None:
        return None
    if row.state == State.SENT:
        return Verdict.SENT if row.message.text != text.strip() else None
    with suppress(BadText):
        if (
            operator.texts.held()
            .filter(pk=row.pk)
            .exclude(text=clean_text(text))
            .update(text=clean_text(text))
        ):
            return Verdict.ASKED
    return None


def switch_to(*, operator: Operator, conversation_id: int) -> Routed:
    """Makes a conversation that the operator holds the current one."""
    with transaction.atomic():
        operator = Operator.objects.locked(operator.pk)
        conversation = held_by(operator).filter(pk=conversation_id).first()
        if conversation is None:
            return Routed(Verdict.NOT_HELD)
        make_current(operator, conversation)
        operator_is_typing(conversation_id=conversation.pk)
        return Routed(Verdict.SENT, conversation)


def make_current(operator: Operator, conversation: Conversation) -> None:
    """Sends plain texts to this conversation from the notice on that says so."""
    key = new_key("current")
    set_current(operator, conversation, key=key)
    get_screen().announce_current(operator, conversation, key=key)


def expire_held() -> int:
    """Gives up held texts whose addressee was not told in time, and returns how many."""
    count = 0
    for pk in OperatorText.objects.held_before(_oldest_held()).values_list("pk", flat=True)[:200]:
        count += give_up_held(text_id=pk)
    return count


def give_up_held(*, text_id: int) -> bool:
    """Gives one held text up; False when the operator was faster."""
    with transaction.atomic():
        held = OperatorText.objects.held().select_for_update(of=("self",)).select_related("operator")
        row = held.filter(pk=text_id).first()
        if row:
            _settle(row, State.EXPIRED)
        return row is not None


def _send(row: OperatorText, conversation: Conversation) -> Routed:
    """Sends under the fence of the inbox: only a conversation that this operator holds at this moment takes it."""
    row.conversation = conversation
    try:
        row.message = receive_operator_message(
            conversation_id=conversation.pk, channel=CHANNEL, address=row.operator.address, text=row.text
        )
    except ConversationConflict:
        row.state, row.text = State.REFUSED, ""
        row.save()
        return Routed(Verdict.NOT_HELD, conversation)
    row.state, row.text = State.SENT, ""
    row.save()
    return Routed(Verdict.SENT, conversation)


def _settle(row: OperatorText, state: str) -> None:
    row.state, row.text = state, ""
    row.save(update_fields=["state", "text"])
    get_screen().settle_ask(row)


def _conversation_of(operator: Operator, message_id: int) -> Conversation | None:
    """The conversation that a message of the operator's chat belongs to, whichever of the two wrote it."""
    shown = Delivery.objects.filter(
        channel=CHANNEL, address=operator.address, external_id=str(message_id), state=Delivery.State.SENT
    )
    written = operator.texts.filter(source_id=message_id)
    for _ in flight(operator):
        for rows in (shown, written):
            row = rows.exclude(conversation=None).select_related("conversation__contact").first()
            if row:
                return row.conversation
    return None


def _oldest_held():
    return timezone.now() - timedelta(minutes=settings.HELD_TEXT_MINUTES)
