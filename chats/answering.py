"""The bot's turn: take the lease, ask the LLM without holding the database, write the answer under the epoch fence."""

import logging
import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import connection, transaction
from django.db.models import F, Q
from django.db.models.functions import Greatest, Now

from chats import hints, leases, metrics
from chats.analytics import Event, record, user_id_of
from chats.channels import Channel, get_channel
from chats.conversations import ConversationConflict, request_human, take_seq
from chats.messages import write_message
from chats.models import Contact, Conversation, Message
from chats.outages import is_outage, outlast
from chats.printable import printable
from chats.texts import say
from chats.writing import Writing
from llm.handoff import Verdict, detect_request
from llm.handoff.dialogue import should_offer
from llm.reply import LLMUnavailable, Reply, ReplyRequest, Turn, compose_reply

logger = logging.getLogger(__name__)

ATTEMPTS = 3
PAUSES = (timedelta(seconds=3), timedelta(seconds=20))


@dataclass(frozen=True, slots=True)
class Task:
    """One turn of the bot: the conversation as it was when the lease was taken, and what the LLM is to see of it."""

    conversation: Conversation
    contact: Contact
    channel: Channel
    token: uuid.UUID
    request: ReplyRequest
    asked_at: datetime
    answers: int  # the seq of the visitor's message up to which this turn answers
    wants_human: bool
    offer: bool

    @property
    def fence(self) -> Q:
        """True in the database only while this turn may still speak."""
        return Q(state=Conversation.State.BOT, epoch=self.conversation.epoch, lease_token=self.token)


def answer_conversation(*, conversation_id: int) -> Message | None:
    """Answers what the visitor has written, if the bot owes an answer and nobody else is at it.

    Returns the bot's message; None where there was nothing to do, the answer came too late, a human was called or
    the LLM failed (then it is tried again later, at most ATTEMPTS times).
    """
    task = _take(conversation_id)
    if task is None:
        return None
    with leases.kept(task.conversation, task.token):
        try:
            reply = _compose(task)
            finish = _hand_over if reply.kind == "handoff" else _write
            message = outlast(lambda: finish(task, reply))
        except ConversationConflict:
            # Somebody took the conversation while the LLM was thinking: the words stay with the operator as a draft.
            if reply.text:
                Conversation.objects.with_human().filter(pk=conversation_id).update(
                    draft=printable(reply.text)
                )
            metrics.ANSWERS.labels("too_late").inc()
            return None
        except Exception as error:  # noqa: BLE001 - a bug must not leave the visitor without any answer
            _log_failure(task, error)
            outage = is_outage(error)
            outlast(lambda: _give_back(task) if outage else _put_off(task))
            return None
    metrics.ANSWERS.labels("answered" if message else "handed_over").inc()
    if message:
        metrics.ANSWER_SECONDS.observe((message.created_at - task.asked_at).total_seconds())
    return message


def _take(conversation_id: int) -> Task | None:
    if not leases.may_take():
        return None
    token = uuid.uuid4()
    taken = (
        Conversation.objects.answerable()
        .filter(pk=conversation_id)
        .update(lease_token=token, lease_until=leases.lease_end(), attempts=F("attempts") + 1)
    )
    if not taken:
        return None
    conversation = Conversation.objects.select_related("contact").get(pk=conversation_id)
    channel = get_channel(conversation.contact.channel)
    window = _window(conversation)
    asked = _asked(conversation, window, together=channel.answers_together)
    # What is asked comes last, also where the bot's last answer was written after it. What was erased says nothing.
    before = [m for m in window if m.text and (m.author != Message.Author.VISITOR or m.seq < asked[0].seq)]
    turns = [Turn(role=message.author, text=message.text) for message in _last_answers(before, asked) + asked]
    verdicts = [detect_request(message.text).verdict for message in asked]
    character = conversation.character
    request = ReplyRequest(
        turns=turns,
        language=conversation.contact.language,
        purpose=channel.purpose,
        can_hand_over=channel.has_human_end,
        instructions=character.instructions if character else None,
        # The contact's very first message: nothing came before this conversation.
        previous_summary="" if window[0].seq == 1 else _previous_summary(conversation),
        conversation_id=conversation.pk,
        contact_id=conversation.contact_id,
    )
    return Task(
        conversation=conversation,
        contact=conversation.contact,
        channel=channel,
        token=token,
        request=request,
        asked_at=asked[-1].created_at,
        answers=asked[-1].seq,
        wants_human=Verdict.HAND_OVER in verdicts,
        offer=channel.has_human_end and (Verdict.OFFER in verdicts or should_offer(turns)),
    )


def _window(conversation: Conversation) -> list[Message]:
    """The last messages of a conversation, the oldest first."""
    told = Message.objects.filter(conversation=conversation).order_by("-seq")
    return list(told[: settings.HISTORY_MESSAGES])[::-1]


def _asked(conversation: Conversation, window: list[Message], *, together: bool) -> list[Message]:
    """What this turn answers: what the visitor has said since the last answer, or only the oldest of it."""
    if len(window) < settings.HISTORY_MESSAGES or window[0].seq <= conversation.answered_seq + 1:
        since = [message for message in window if message.seq > conversation.answered_seq]
    else:  # the visitor has said more than the window shows
        since = Message.objects.after(conversation.contact_id, conversation.answered_seq).filter(
            conversation=conversation, seq__lte=conversation.visitor_seq
        )
    asked = [m for m in since if m.author == Message.Author.VISITOR and m.seq <= conversation.visitor_seq]
    if not together:
        return [message for message in asked if message.meta.get("needs_answer") is not False][:1]
    return asked[-settings.HISTORY_MESSAGES :]


def _last_answers(before: list[Message], asked: list[Message]) -> list[Message]:
    """Without the answers for which another one was asked, or is being asked now."""
    answered_later = {message.seq for message in asked}
    kept = []
    for message in reversed(before):
        if message.answers is None or message.answers not in answered_later:
            kept.append(message)
        if message.answers is not None:
            answered_later.add(message.answers)
    return kept[::-1]


def _previous_summary(conversation: Conversation) -> str:
    """One line about the contact's last closed conversation; nothing after the person asked to forget."""
    last = (
        Conversation.objects.filter(
            contact_id=conversation.contact_id,
            character_id=conversation.character_id,
            state=Conversation.State.CLOSED,
        )
        .exclude(pk=conversation.pk)
        .order_by("-closed_at")
        .values_list("summary", "closed_by")
        .first()
    )
    return last[0] if last and last[1] != "reset" else ""


def _compose(task: Task) -> Reply:
    if task.wants_human and not task.channel.has_human_end and not task.channel.has_characters:
        return Reply(kind="answer", text=say("no_human", task.contact.language))
    if not connection.in_atomic_block:
        connection.close()  # the LLM may think for a minute; the pool is for those who work
    writing = Writing(conversation=task.conversation, contact=task.contact, turn=task.token.hex)
    writing.begin()
    try:
        return compose_reply(task.request, on_delta=writing.add, on_retract=writing.retract)
    finally:
        writing.end()


def _hand_over(task: Task, reply: Reply) -> None:
    request_human(
        conversation_id=task.conversation.pk,
        reason=reply.reason,
        detail=reply.detail,
        draft=reply.text,
        only=task.fence,
    )


def _write(task: Task, reply: Reply) -> Message:
    meta = {"offer": True} if task.offer or reply.offer else {}
    if reply.sources:
        meta["sources"] = list(reply.sources)
    with transaction.atomic():
        message = _write_last_word(task, author=Message.Author.BOT, text=reply.text, meta=meta)
        if task.channel.has_characters:
            _record_response(task, message, reply)
        # The seqs of a contact have no holes: the next one after those we have read says that nobody has written since.
        if message.seq > task.contact.last_seq + 1 or task.answers < task.conversation.visitor_seq:
            _hint_if_more_has_come(task)
    return message


def _record_response(task: Task, message: Message, reply: Reply) -> None:
    character = task.conversation.character
    record(
        Event.RESPONSE_RECEIVED,
        user_id=user_id_of(task.contact),
        properties={
            "character": character.slug if character else "",
            "model": reply.model,
            "seconds": round((message.created_at - task.asked_at).total_seconds(), 2),
        },
        key=str(message.pk),
    )


def _write_last_word(task: Task, *, author: str, text: str, meta: dict | None = None) -> Message:
    """Ends the turn with a message. Raises ConversationConflict when the turn is no longer ours."""
    seq = take_seq(task.contact)
    _end_turn(task, answered_seq=task.answers, attempts=0, next_attempt_at=None)
    return write_message(
        contact=task.contact,
        conversation=task.conversation,
        seq=seq,
        author=author,
        text=text,
        answers=task.answers,
        meta=meta,
    )


def _end_turn(task: Task, **changes) -> None:
    ended = Conversation.objects.filter(task.fence, pk=task.conversation.pk).update(
        lease_until=None, lease_token=None, **changes
    )
    if not ended:
        raise ConversationConflict(f"conversation {task.conversation.pk} has moved on")


def _hint_if_more_has_come(task: Task) -> None:
    if Conversation.objects.answerable().filter(pk=task.conversation.pk).exists():
        hints.hint_answer(task.conversation.pk)


def _log_failure(task: Task, error: Exception) -> None:
    metrics.ANSWERS.labels("failed").inc()
    unforeseen = not isinstance(error, LLMUnavailable)
    logger.warning("conversation %s not answered: %s", task.conversation.pk, error, exc_info=unforeseen)


def _give_back(task: Task) -> None:
    """The database was away: nobody's fault, and no attempt."""
    try:
        with transaction.atomic():
            _end_turn(task, attempts=Greatest(F("attempts") - 1, 0))
            hints.hint_answer(task.conversation.pk)
    except ConversationConflict:
        logger.info("conversation %s was taken meanwhile", task.conversation.pk)


def _put_off(task: Task) -> None:
    """Try again later; after the last attempt call a human, and where there is none say so."""
    attempts = task.conversation.attempts
    try:
        with transaction.atomic():
            if attempts < min(ATTEMPTS, task.channel.answer_attempts):
                _end_turn(task, next_attempt_at=Now() + PAUSES[attempts - 1])
            elif task.channel.has_human_end:
                _hand_over(task, Reply(kind="handoff", text="", reason="llm_failed"))
            elif task.channel.says_when_it_fails:
                text = say("no_answer", task.contact.language)
                _write_last_word(task, author=Message.Author.SYSTEM, text=text)
            else:
                _end_turn(task, answered_seq=task.answers, attempts=0, next_attempt_at=None)
            _hint_if_more_has_come(task)
    except ConversationConflict:
        logger.info("conversation %s was taken meanwhile", task.conversation.pk)
