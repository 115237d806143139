"""What several bots tell a person in the name of the system."""

from datetime import timedelta

from django.utils import timezone

from chats.conversations import notify_visitor
from chats.models import Conversation, Message

ONCE_IN = timedelta(seconds=30)  # an album of ten photos comes as ten messages


def tell_only_text(*, conversation: Conversation) -> None:
    """Says that only text is understood, unless that has just been said."""
    just_said = Message.objects.filter(
        conversation=conversation, meta__notice="only_text", created_at__gt=timezone.now() - ONCE_IN
    )
    if not just_said.exists():
        notify_visitor(conversation_id=conversation.pk, text_key="only_text")
