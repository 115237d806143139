"""Whatever a visitor has said was answered once, or a human has it."""

from itertools import groupby

from django.db.models import Count


def unanswered() -> list[str]:
    """Messages of visitors that neither the bot has answered nor a human has got."""
    from chats.models import Message

    found = []
    rows = Message.objects.select_related("conversation").order_by("conversation_id", "seq")
    for _, group in groupby(rows.iterator(), key=lambda message: message.conversation_id):
        messages = list(group)
        owed: list[Message] = []
        for message, state in with_states(messages):
            notice = message.meta.get("notice")
            if message.author == "visitor" and state in ("bot", "waiting"):
                owed.append(message)
            elif message.author == "bot":
                owed = [other for other in owed if other.seq > (message.answers or 0)]
            elif notice in ("handoff", "operator_joined", "closed", "no_answer"):
                owed = []
        if messages[-1].conversation.state in ("bot", "closed"):
            found += [f"conversation {m.conversation_id}, seq {m.seq}: {m.text!r}" for m in owed]
    return found


def answered_twice() -> list[str]:
    """Messages of visitors that the bot has answered more than once."""
    from chats.models import Message

    rows = (
        Message.objects.filter(author="bot")
        .order_by()
        .values("contact_id", "answers")
        .annotate(times=Count("pk"))
        .filter(times__gt=1)
    )
    return [f"contact {row['contact_id']}, seq {row['answers']}: {row['times']} answers" for row in rows]


def with_states(messages):
    """Each message of a conversation with the state in which it was written, by the notices before it."""
    after = {
        "handoff": "waiting",
        "transferred": "waiting",
        "taken_back": "bot",
        "operator_joined": "operator",
        "operator_left": "bot",
        "closed": "closed",
    }
    state = "bot"
    for message in messages:
        yield message, state
        state = after.get(message.meta.get("notice"), state)
