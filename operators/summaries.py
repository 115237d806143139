"""The three lines of a card, written by the LLM after the card has been shown, so that they never delay it."""

import logging

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from chats.inbox import clean_text
from chats.models import Message
from llm.reply import Turn, summarise
from operators.models import Handoff
from operators.screen import get_screen

logger = logging.getLogger(__name__)

READ = 40  # the last messages of the conversation
WORTH_IT = 3  # messages of people and the bot; the card itself shows so few


def summarise_handoff(*, handoff_id: int) -> bool:
    """Adds a summary to a handoff and to the cards that are still open. Tried once; False where there is none."""
    taken = (
        Handoff.objects.unclaimed()
        .filter(pk=handoff_id, summary_tried_at=None)
        .update(summary_tried_at=timezone.now())
    )
    if not taken:
        return False
    handoff = Handoff.objects.select_related("conversation").get(pk=handoff_id)
    history = Message.objects.latest_of(handoff.conversation_id, READ)
    turns = [Turn(role=message.author, text=message.text) for message in history]
    if sum(turn.role != Message.Author.SYSTEM for turn in turns) < WORTH_IT:
        return False
    if not connection.in_atomic_block:
        connection.close()
    try:
        written = summarise(
            turns,
            settings.LANGUAGE_CODE[:2],
            conversation_id=handoff.conversation_id,
            contact_id=handoff.conversation.contact_id,
        )
        summary = clean_text(written[:1000])
    except Exception as error:  # noqa: BLE001 - whatever ails the LLM or its words, the card is there without it
        logger.warning("no summary of %s: %s", handoff, error)
        return False
    return _show(handoff, summary)


def _show(handoff: Handoff, summary: str) -> bool:
    with transaction.atomic():
        if not Handoff.objects.open().filter(pk=handoff.pk).update(summary=summary):
            return False
        for card in (
            handoff.cards.open()
            .select_for_update(of=("self",), no_key=True)
            .select_related("handoff__conversation__contact", "operator")
        ):
            get_screen().renew(card)
        return True
