"""What the operator bot and the admin read."""

from django.db.models import Count, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from chats.models import Conversation, Message

Author = Message.Author


def with_unanswered(conversations: QuerySet[Conversation]) -> QuerySet[Conversation]:
    """The conversations with `unanswered`: how much the visitor has written since somebody last answered."""
    answers = Message.objects.filter(conversation=OuterRef("pk"), author__in=[Author.OPERATOR, Author.BOT])
    last_answer = Coalesce(Subquery(answers.order_by("-seq").values("seq")[:1]), 0)
    since = Q(messages__author=Author.VISITOR, messages__seq__gt=F("last_answer"))
    return conversations.annotate(last_answer=last_answer).annotate(
        unanswered=Count("messages", filter=since)
    )
