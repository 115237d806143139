"""How much has been said."""

from django.db.models import Count


def count(people) -> dict[str, int]:
    """Messages by author, handoffs, deliveries, updates."""
    from chats.models import Conversation, Delivery, Message
    from operators.models import Handoff
    from telegram_bot.models import TelegramUpdate

    by_author = dict(Message.objects.order_by().values_list("author").annotate(Count("pk")))
    return {
        "messages": sum(by_author.values()),
        **{f"by the {author}": number for author, number in sorted(by_author.items())},
        "visitors": len(people.visitors) + len(people.probes),
        "conversations": Conversation.objects.count(),
        "handoffs": Handoff.objects.count(),
        "claimed": Handoff.objects.exclude(claimed_at=None).count(),
        "deliveries": Delivery.objects.count(),
        "deliveries tried more than once": Delivery.objects.filter(attempts__gt=1).count(),
        "updates": TelegramUpdate.objects.count(),
    }
