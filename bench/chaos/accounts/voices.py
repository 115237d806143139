"""Nobody speaks in another's turn: no bot once a human was called, no operator before or after their part."""

from itertools import groupby

from bench.chaos.accounts.answers import with_states


def wrong_voices() -> list[str]:
    """Messages whose author had no right to speak at that moment. Their seq is the order of the commits."""
    from chats.models import Message

    found = []
    rows = Message.objects.order_by("conversation_id", "seq")
    for number, group in groupby(rows.iterator(), key=lambda message: message.conversation_id):
        found += [
            f"conversation {number}, seq {message.seq}: the {message.author} spoke in state {state}"
            for message, state in with_states(list(group))
            if (message.author == "bot" and state != "bot")
            or (message.author == "operator" and state != "operator")
        ]
    return found
