"""The person talks with one character at a time, and has a conversation of its own with each.

Which one that is stands in the contact's meta. What is said before any was chosen is kept in a parked conversation.
"""

import contextlib
import uuid

from django.db import transaction
from django.db.models import F
from django.db.models.functions import Greatest

from chats import hints
from chats.analytics import Event, record, user_id_of
from chats.conversations import ConversationConflict, close, open_conversation
from chats.inbox import Receipt, receive_message
from chats.messages import write_message
from chats.models import Contact, Conversation, Delivery, Message
from llm.models import Character

State = Conversation.State
_CHOSEN = "character"  # the key in the contact's meta


def current_character(contact: Contact) -> Character | None:
    """Whom the person talks with; nobody, too, once an admin has taken that character away."""
    chosen = contact.meta.get(_CHOSEN)
    return Character.objects.active().filter(pk=chosen).first() if chosen else None


def choose_character(*, contact: Contact, character: Character, choice_id: uuid.UUID, source: str) -> bool:
    """The person chooses: the character greets, and answers what was said before the choice.

    A repeat of the same choice_id changes nothing and returns False. `source` is miniapp, link or button.
    """
    with transaction.atomic():
        locked = Contact.objects.select_for_update().get(pk=contact.pk)
        if Message.objects.filter(contact=contact, client_id=choice_id).exists():
            return False
        contact.meta = locked.meta | {_CHOSEN: character.pk}
        Contact.objects.filter(pk=contact.pk).update(meta=contact.meta)
        conversation = open_conversation(contact=contact, character_id=character.pk)
        write_message(
            contact=contact,
            conversation=conversation,
            seq=Contact.objects.take_seq(contact.pk),
            author=Message.Author.BOT,
            text=character.spoken("greeting", contact.language),
            client_id=choice_id,
        )
        record(
            Event.CHARACTER_CHOSEN,
            user_id=user_id_of(contact),
            properties={"character": character.slug, "source": source},
            key=str(choice_id),
        )
        _take_up_parked(contact, conversation, character)
    return True


def receive_for_character(
    *,
    contact: Contact,
    text: str,
    client_id: uuid.UUID | None = None,
    needs_answer: bool = True,
    meta: dict | None = None,
) -> Receipt:
    """Stores what the person wrote to the chosen character; parked until one is chosen. Raises BadText."""
    character = current_character(contact)
    with transaction.atomic():
        receipt = receive_message(
            contact=contact,
            text=text,
            client_id=client_id,
            character_id=character.pk if character else None,
            parked=character is None,
            needs_answer=needs_answer,
            meta=meta,
        )
        if receipt.created and character and needs_answer:
            _record_request(contact, character, receipt.message)
    return receipt


def answer_again(*, contact: Contact, message_id: int) -> bool:
    """Has the last request answered once more; False where that answer is no longer the last word."""
    with transaction.atomic():
        Contact.objects.select_for_update().only("pk").get(pk=contact.pk)
        answer = (
            Message.objects.filter(pk=message_id, contact=contact, author=Message.Author.BOT)
            .exclude(answers=None)
            .select_related("conversation__character")
            .first()
        )
        if answer is None or answer.conversation.character != current_character(contact):
            return False
        reopened = Conversation.objects.filter(
            pk=answer.conversation_id,
            state=State.BOT,
            visitor_seq=answer.answers,
            answered_seq=answer.answers,
        ).update(answered_seq=answer.answers - 1, attempts=0, next_attempt_at=None)
        if reopened:
            record(
                Event.REQUEST_SENT,
                user_id=user_id_of(contact),
                properties={"character": answer.conversation.character.slug, "again": True},
            )
            hints.hint_answer(answer.conversation_id)
    return bool(reopened)


def forget(*, contact: Contact) -> Character | None:
    """Begins anew with the chosen character, who will not know what was said; None where nobody is chosen."""
    character = current_character(contact)
    conversation = Conversation.objects.open().filter(contact=contact, character=character).first()
    if conversation is not None:
        with contextlib.suppress(ConversationConflict):  # it may have been closed just now
            close(conversation_id=conversation.pk, by="reset")
    return character


def _take_up_parked(contact: Contact, conversation: Conversation, character: Character) -> None:
    parked = Conversation.objects.open().filter(contact=contact, character=None, parked=True).first()
    if parked is None:
        return
    waiting = Message.objects.filter(conversation=parked, author=Message.Author.VISITOR)
    for message in waiting.exclude(meta__contains={"needs_answer": False}):
        _record_request(contact, character, message)
    Message.objects.filter(conversation=parked).update(conversation=conversation)
    Delivery.objects.filter(conversation=parked).update(conversation=conversation)
    Conversation.objects.filter(pk=conversation.pk).update(
        visitor_seq=Greatest(F("visitor_seq"), parked.visitor_seq)
    )
    parked.delete()
    hints.hint_answer(conversation.pk)


def _record_request(contact: Contact, character: Character, message: Message) -> None:
    record(
        Event.REQUEST_SENT,
        user_id=user_id_of(contact),
        properties={"character": character.slug, "characters": len(message.text)},
        key=str(message.pk),
    )
