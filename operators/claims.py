"""Who answers a visitor: claiming a conversation, and every way of letting it go."""

from django.db import transaction
from django.utils import timezone

from chats import conversations
from chats.conversations import ConversationConflict
from chats.models import Contact, Conversation
from operators import cards
from operators.focus import current_after_leaving, set_current
from operators.models import Handoff, Operator
from operators.queue import close_handoff, lock_conversation, settle, sync_handoff
from operators.screen import CHANNEL, get_screen, new_key

Outcome = Handoff.Outcome


class NotOnDuty(Exception):
    """Only an approved operator who is on duty can take conversations."""


class NotWaiting(Exception):
    """The conversation cannot be taken: somebody was faster, or nobody waits in it any more.

    `holder` is the name of the operator who has it, "" if nobody has.
    """

    def __init__(self, holder: str = ""):
        super().__init__(holder or "nobody waits here")
        self.holder = holder


class NotHeld(Exception):
    """The conversation is not (or no longer) this operator's."""


def claim_handoff(*, operator_id: int, conversation_id: int) -> Handoff:
    """Gives a waiting conversation to an operator: the first one wins. Raises NotOnDuty, NotWaiting.

    The operator gets the transcript, and the other operators' cards say who took it.
    """
    try:
        with transaction.atomic():
            operator = Operator.objects.locked(operator_id)
            if not operator.on_duty:
                raise NotOnDuty
            handoff = _claim(operator, conversation_id)
            key = new_key("welcome")
            set_current(operator, handoff.conversation, key=key)
            get_screen().welcome(operator, handoff, key=key)
            return handoff
    except (ConversationConflict, Conversation.DoesNotExist):
        holder = (
            Conversation.objects.filter(pk=conversation_id).values_list("operator_name", flat=True).first()
        )
        raise NotWaiting(holder or "") from None


def finish(*, operator_id: int, conversation_id: int) -> Conversation:
    """Ends the dialogue: the visitor reads that the chat has ended. Raises NotHeld."""
    return _release(operator_id, conversation_id, conversations.close_by_operator, Outcome.FINISHED)


def hand_back(*, operator_id: int, conversation_id: int) -> Conversation:
    """Gives the conversation back to the bot. Raises NotHeld."""
    return _release(operator_id, conversation_id, conversations.hand_back, Outcome.BOT)


def transfer(*, operator_id: int, conversation_id: int) -> Conversation:
    """Puts the conversation back into the queue, for another operator. Raises NotHeld."""
    return _release(operator_id, conversation_id, conversations.transfer, Outcome.PASSED_ON)


def pass_on_all(operator: Operator, *, reason: str) -> int:
    """Puts everything that a locked operator holds back into the queue, and returns how many conversations."""
    count = 0
    held = Conversation.objects.held_by(CHANNEL, operator.address).order_by("contact_id")
    for pk in held.values_list("pk", flat=True):
        try:
            with transaction.atomic():
                conversations.transfer(
                    conversation_id=pk, channel=CHANNEL, address=operator.address, reason=reason
                )
        except ConversationConflict:
            continue  # it has ended just now
        _close_claimed(pk, Outcome.PASSED_ON)
        sync_handoff(conversation_id=pk)
        count += 1
    set_current(operator, None)
    return count


def _claim(operator: Operator, conversation_id: int) -> Handoff:
    handoff = settle(lock_conversation(conversation_id))
    conversation = conversations.claim(
        conversation_id=conversation_id, channel=CHANNEL, address=operator.address, name=operator.name
    )
    handoff.conversation, handoff.claimed_by, handoff.claimed_at = conversation, operator, timezone.now()
    handoff.save(update_fields=["claimed_by", "claimed_at"])
    cards.withdraw(handoff.cards.filter(operator=operator), why="yours")
    cards.withdraw(handoff.cards.exclude(operator=operator), why="taken", name=operator.name)
    return handoff


def _release(operator_id: int, conversation_id: int, act, outcome: str) -> Conversation:
    try:
        with transaction.atomic():
            operator = Operator.objects.locked(operator_id)
            conversation = act(conversation_id=conversation_id, channel=CHANNEL, address=operator.address)
            _close_claimed(conversation_id, outcome)
            current, key = current_after_leaving(operator), new_key("left")
            set_current(operator, current, key=key)
            get_screen().left(operator, conversation, outcome=outcome, current=current, key=key)
            if outcome == Outcome.PASSED_ON:
                sync_handoff(conversation_id=conversation_id)
            return conversation
    except (ConversationConflict, Contact.DoesNotExist):
        raise NotHeld(conversation_id) from None


def _close_claimed(conversation_id: int, outcome: str) -> None:
    for handoff in Handoff.objects.claimed().filter(conversation_id=conversation_id):
        close_handoff(handoff, outcome=outcome)
