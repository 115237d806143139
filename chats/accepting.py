"""The everyday message: a visitor of the website whom the bot answers asks something more. One statement stores it.

`chats.inbox.receive_message` stores every message, by six statements in a transaction; this is the short way for the
most frequent kind, at a tenth of the cost. Whatever is not plainly everyday is left to it: somebody new, a call for a
human, an operator in the conversation, a repeat, another language than before, a queue that may be full.
"""

import uuid

from django.conf import settings
from django.db import IntegrityError, connection
from django.utils import timezone

from chats import hints, live, metrics
from chats.inbox import BadText, clean_text, language_of, wants_human
from chats.models import Contact, Conversation, Message

# The contact's row is locked first, which makes seq follow commit order, then the conversation is updated. Where
# somebody has taken the conversation since the statement began, the message gets none, and that undoes it all.
_STORE = """
WITH contact AS (
  UPDATE chats_contact SET last_seq = last_seq + 1
  WHERE channel = 'web' AND external_id = %(token_hash)s AND erased_at IS NULL
    AND language = coalesce(%(language)s, language)
    AND EXISTS (
      SELECT FROM chats_conversation
      WHERE contact_id = chats_contact.id AND character_id IS NULL AND state = 'bot' AND NOT parked
        AND (%(queue)s = 0 OR chats_contact.last_seq - answered_seq < %(queue)s)
    )
  RETURNING id, last_seq
), conversation AS (
  UPDATE chats_conversation SET visitor_seq = contact.last_seq, last_activity_at = statement_timestamp()
  FROM contact
  WHERE contact_id = contact.id AND character_id IS NULL AND state = 'bot' AND NOT parked
  RETURNING chats_conversation.id, epoch
)
INSERT INTO chats_message
  (contact_id, conversation_id, seq, author, operator_name, text, client_id, meta, created_at)
SELECT id, (SELECT id FROM conversation), last_seq, 'visitor', '', %(text)s, %(client_id)s, '{}', %(now)s
FROM contact
RETURNING id, contact_id, conversation_id, seq, (SELECT epoch FROM conversation)
"""


def accept_everyday_message(*, token_hash: str, text: str, client_id: uuid.UUID) -> Message | None:
    """Stores the message and tells whoever waits for it; None, with nothing changed, where it is not an everyday one.

    To be called outside of a transaction. Raises django.db.Error when PostgreSQL is away: it may then have been stored.
    """
    try:
        text = clean_text(text)
    except BadText:
        return None
    if wants_human(text, channel="web"):
        return None
    now = timezone.now()
    stored = _store(
        token_hash=token_hash,
        language=language_of(text),
        queue=settings.QUEUED_MESSAGES,
        text=text,
        client_id=client_id,
        now=now,
    )
    if stored is None:
        return None
    message_id, contact_id, conversation_id, seq, epoch = stored
    conversation = Conversation(pk=conversation_id, epoch=epoch, state=Conversation.State.BOT)
    message = Message(
        pk=message_id,
        seq=seq,
        author=Message.Author.VISITOR,
        text=text,
        client_id=client_id,
        created_at=now,
        conversation=conversation,
    )
    metrics.MESSAGES.labels("web", Message.Author.VISITOR).inc()
    contact = Contact(pk=contact_id, channel="web", external_id=token_hash)
    live.publish_on_commit(message, contact=contact, conversation=conversation)
    hints.hint_answer(conversation_id)
    return message


def _store(**values) -> tuple | None:
    try:
        with connection.cursor() as cursor:
            cursor.execute(_STORE, values)
            return cursor.fetchone()
    except IntegrityError:
        return None  # a client_id that was there before, or a conversation that has just changed hands
