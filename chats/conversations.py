"""The state machine. Every change of state is one conditional UPDATE whose row count is the verdict.

The contact's row is locked first (by taking the seq of the notice), then the conversation is updated.
"""

from django.db import transaction
from django.db.models import F, Max, Q
from django.db.models.functions import Coalesce, Greatest, Now
from django.utils import timezone

from chats import hints, live, metrics
from chats.analytics import Event, record, user_id_of
from chats.channels import get_channel
from chats.messages import write_message
from chats.models import Contact, Conversation, Message
from chats.printable import printable
from chats.signals import human_requested, state_changed
from chats.texts import say
from llm.handoff import Verdict, detect_request

State = Conversation.State
_NO_OPERATOR = {"operator_channel": "", "operator_address": "", "operator_name": ""}


class ConversationConflict(Exception):
    """The conversation is no longer in a state in which this can be done: somebody was faster."""


class NoHumanEnd(Exception):
    """Nobody can be called on this channel."""


def open_conversation(*, contact: Contact, character_id: int | None = None, **fields) -> Conversation:
    """The contact's open conversation, started if there is none. The caller holds the contact's lock."""
    conversation = Conversation.objects.open().filter(contact=contact, character_id=character_id).first()
    if conversation is None:
        return Conversation.objects.create(contact=contact, character_id=character_id, **fields)
    conversation.contact = contact  # so that nobody has to fetch it again
    return conversation


def call_human(*, contact: Contact) -> Conversation:
    """The visitor presses the button or sends /operator. Calling twice changes nothing. Raises NoHumanEnd."""
    if not get_channel(contact.channel).has_human_end:
        raise NoHumanEnd(contact.channel)
    with transaction.atomic():
        Contact.objects.select_for_update().only("pk").get(pk=contact.pk)
        conversation = open_conversation(contact=contact)
        if conversation.state == State.BOT:
            conversation = request_human(conversation_id=conversation.pk, reason="button")
    return conversation


def request_human(
    *, conversation_id: int, reason: str, detail: str = "", draft: str = "", only: Q | None = None
) -> Conversation:
    """bot -> waiting: the visitor is told, and the operators will be. Raises ConversationConflict.

    `reason` is one of button, words, model, draft, llm_failed, budget; `only` narrows the condition (an epoch).
    """
    # A button says nothing of the question before it: that one stays open until somebody has answered it
    answered = {} if reason == "button" else {"answered_seq": F("visitor_seq")}
    conversation = _switch(
        conversation_id=conversation_id,
        only=Q(state=State.BOT) & (only or Q()),
        to=State.WAITING,
        notice="handoff",
        handoff_reason=reason,
        handoff_detail=printable(detail)[:2000],
        draft=printable(draft),
        **answered,
    )
    transaction.on_commit(metrics.HANDOFFS.labels(reason).inc)
    transaction.on_commit(
        lambda: human_requested.send_robust(Conversation, conversation_id=conversation_id), robust=True
    )
    return conversation


def take_back(*, contact: Contact) -> Conversation:
    """waiting -> bot: the visitor no longer wants a person. Raises ConversationConflict.

    The bot answers what was asked meanwhile, but for the calls for a person, which have been taken back.
    """
    with transaction.atomic():
        Contact.objects.select_for_update().only("pk").get(pk=contact.pk)
        conversation = Conversation.objects.waiting().filter(contact=contact).first()
        if conversation is None:
            raise ConversationConflict("nobody is being waited for")
        return _switch(
            conversation_id=conversation.pk,
            only=Q(state=State.WAITING),
            to=State.BOT,
            notice="taken_back",
            answered_seq=_last_call(conversation),
        )


def claim(*, conversation_id: int, channel: str, address: str, name: str) -> Conversation:
    """waiting -> operator: the first one wins, every other gets ConversationConflict."""
    return _switch(
        conversation_id=conversation_id,
        only=Q(state=State.WAITING),
        to=State.OPERATOR,
        notice="operator_joined",
        operator_channel=channel,
        operator_address=address,
        operator_name=name,
    )


def hand_back(*, conversation_id: int, channel: str, address: str) -> Conversation:
    """operator -> bot, by the operator who holds it. What the operator left unanswered, the bot answers."""
    last_word = Coalesce(
        Message.objects.filter(conversation_id=conversation_id, author=Message.Author.OPERATOR)
        .order_by()
        .values("conversation_id")
        .annotate(last=Max("seq"))
        .values("last"),
        0,
    )
    return _switch(
        conversation_id=conversation_id,
        only=_held_by(channel, address),
        to=State.BOT,
        notice="operator_left",
        answered_seq=Greatest(F("answered_seq"), last_word),
        **_NO_OPERATOR,
    )


def transfer(*, conversation_id: int, channel: str, address: str, reason: str = "transfer") -> Conversation:
    """operator -> waiting: another operator is to take over. Raises ConversationConflict."""
    conversation = _switch(
        conversation_id=conversation_id,
        only=_held_by(channel, address),
        to=State.WAITING,
        notice="transferred",
        handoff_reason=reason,
        handoff_detail="",
        answered_seq=F("visitor_seq"),
        **_NO_OPERATOR,
    )
    transaction.on_commit(
        lambda: human_requested.send_robust(Conversation, conversation_id=conversation_id), robust=True
    )
    return conversation


def close(*, conversation_id: int, by: str, only: Q | None = None) -> Conversation:
    """any -> closed. `by` is operator, idle, reset or erased; `only` narrows it. Raises ConversationConflict."""
    return _switch(
        conversation_id=conversation_id,
        only=~Q(state=State.CLOSED) & (only or Q()),
        to=State.CLOSED,
        notice="closed" if by in {"operator", "idle"} else None,
        closed_by=by,
        closed_at=timezone.now(),
        answered_seq=F("visitor_seq"),
        summary=_one_line(conversation_id),
        **_NO_OPERATOR,
    )


def close_by_operator(*, conversation_id: int, channel: str, address: str) -> Conversation:
    """operator -> closed, by the operator who holds it. Raises ConversationConflict."""
    return close(conversation_id=conversation_id, by="operator", only=_held_by(channel, address))


def notify_visitor(*, conversation_id: int, text_key: str, only: Q | None = None, **values: str) -> Message:
    """Says something in the name of the system without changing the state. Raises ConversationConflict."""
    with transaction.atomic():
        contact = Contact.objects.get(conversations=conversation_id)
        seq = take_seq(contact)
        conversation = Conversation.objects.filter(only or Q(), pk=conversation_id).first()
        if conversation is None:
            raise ConversationConflict(f"conversation {conversation_id} has moved on")
        return write_message(
            contact=contact,
            conversation=conversation,
            seq=seq,
            author=Message.Author.SYSTEM,
            text=say(text_key, contact.language, **values),
            meta={"notice": text_key},
        )


def _last_call(conversation: Conversation) -> int:
    """The seq of the visitor's last words, of those not answered yet, that called a person; else what is answered."""
    unanswered = Message.objects.after(conversation.contact_id, conversation.answered_seq).filter(
        conversation=conversation, author=Message.Author.VISITOR
    )
    calls = [m.seq for m in unanswered if detect_request(m.text).verdict == Verdict.HAND_OVER]
    return max([conversation.answered_seq, *calls])


def take_seq(contact: Contact) -> int:
    """The seq of what is said next. Raises ConversationConflict where the contact was erased."""
    try:
        return Contact.objects.take_seq(contact.pk)
    except Contact.DoesNotExist:
        raise ConversationConflict(f"contact {contact.pk} was erased") from None


def _held_by(channel: str, address: str) -> Q:
    return Q(state=State.OPERATOR, operator_channel=channel, operator_address=address)


def _switch(*, conversation_id: int, only: Q, to: str, notice: str | None, **changes) -> Conversation:
    with transaction.atomic():
        contact = Contact.objects.get(conversations=conversation_id)
        if notice:
            seq = take_seq(contact)
        else:
            contact = Contact.objects.select_for_update().get(pk=contact.pk)
        now = timezone.now()
        changed = Conversation.objects.filter(only, pk=conversation_id).update(
            state=to,
            state_since=now,
            epoch=F("epoch") + 1,
            lease_until=None,
            lease_token=None,
            attempts=0,
            next_attempt_at=None,
            last_activity_at=Now(),
            **changes,
        )
        if not changed:
            raise ConversationConflict(f"conversation {conversation_id} has moved on")
        conversation = Conversation.objects.get(pk=conversation_id)
        conversation.contact = contact
        _record_fact(conversation)
        if notice:
            write_message(
                contact=contact,
                conversation=conversation,
                seq=seq,
                author=Message.Author.SYSTEM,
                text=say(notice, contact.language, name=conversation.operator_name),
                meta={"notice": notice},
            )
        else:
            live.publish_state_on_commit(contact=contact, conversation=conversation)
        if to == State.BOT and conversation.visitor_seq > conversation.answered_seq:
            hints.hint_answer(conversation.pk)
        transaction.on_commit(
            lambda: state_changed.send_robust(Conversation, conversation_id=conversation_id, state=to),
            robust=True,
        )
        return conversation


def _record_fact(conversation: Conversation) -> None:
    """Handoffs and their ends, for analytics; only where there are people to hand over to."""
    contact, state = conversation.contact, conversation.state
    event = {
        State.WAITING: Event.HANDOFF_REQUESTED,
        State.OPERATOR: Event.HANDOFF_CLAIMED,
        State.CLOSED: Event.CONVERSATION_CLOSED,
    }.get(state)
    if event is None or not get_channel(contact.channel).has_human_end:
        return
    properties = {"channel": contact.channel, "conversation": conversation.pk}
    if event == Event.CONVERSATION_CLOSED:
        properties["by"] = conversation.closed_by
    else:
        properties["reason"] = conversation.handoff_reason
    record(
        event,
        user_id=user_id_of(contact),
        properties=properties,
        key=f"{conversation.pk}:{conversation.epoch}",
    )


def _one_line(conversation_id: int) -> str:
    """What the conversation was about, in one line: the first words of the visitor."""
    first = (
        Message.objects.filter(conversation_id=conversation_id, author=Message.Author.VISITOR)
        .order_by("seq")
        .first()
    )
    return " ".join(first.text.split())[:200] if first else ""
