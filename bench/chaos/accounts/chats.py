"""What stands in the chats of Telegram against the outbox."""

import html
import re
from collections import Counter, defaultdict

CHANNELS = {"support": "telegram", "operators": "operator"}
#: What an edit can change is not compared by text.
SENT = "sendMessage"


def read_phones(stage, people) -> dict[tuple[str, str], list[dict]]:
    """By (channel, address): the messages of a chat as its person sees them, oldest first."""
    from bench.chaos.people.telegram import TelegramVisitor

    visitors = [v.person for v in people.visitors + people.probes if isinstance(v, TelegramVisitor)]
    wanted = [("support", person) for person in visitors]
    wanted += [("operators", operator.person) for operator in people.operators]
    return {
        (CHANNELS[bot], str(person)): stage.sandbox.client.request("GET", f"/chats/{bot}/{person}")[
            "messages"
        ]
        for bot, person in wanted
    }


def undelivered(phones) -> list[str]:
    """Deliveries that were given up, wait for ever, or are marked as sent and stand in no chat."""
    from chats.models import Delivery

    found = [
        f"{row.channel} {row.address}: delivery {row.pk} is {row.state}: {row.error[:120]}"
        for row in Delivery.objects.exclude(state="sent")
        if "query is too old" not in row.error
    ]
    there = {
        (channel, address, str(message["message_id"]))
        for (channel, address), messages in phones.items()
        for message in messages
    }
    for row in _messages():
        if (row.channel, row.address, row.external_id) not in there:
            found.append(f"{row.channel} {row.address}: delivery {row.pk} is sent, but is not in the chat")
    return found


def out_of_order(phones) -> list[str]:
    """Chats in which something stands before what was stored before it.

    An operator's chat is fed by many conversations at once: between two of them there is no before, because a row that
    was numbered first may be committed last. There the order of each conversation counts.
    """
    found, last = [], {}
    for row in _messages():
        line = (row.channel, row.address, row.conversation_id if row.channel == "operator" else None)
        if row.external_id.isdigit():
            if int(row.external_id) < last.get(line, 0):
                found.append(f"{row.channel} {row.address}: delivery {row.pk}")
            last[line] = int(row.external_id)
    return found


def duplicates(phones) -> tuple[list[str], list[str]]:
    """Messages in the chats that the outbox does not know by their id: copies of what was tried more than once, and
    those that nothing explains. A copy shows what was sent first: later edits reach the other one only."""
    known: dict[tuple[str, str], set[str]] = defaultdict(set)
    repeated: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    explained, unexplained = [], []
    for row in _messages():
        chat = (row.channel, row.address)
        if row.external_id in known[chat]:
            unexplained.append(f"{row.channel} {row.address}: two deliveries are message {row.external_id}")
        known[chat].add(row.external_id)
        repeated[chat][_as_shown(row.payload["params"])] += row.attempts - 1
    for chat, messages in phones.items():
        for message in messages:
            if message.get("outgoing") or str(message["message_id"]) in known[chat]:
                continue
            text = message.get("text", "")
            where = explained if repeated[chat][text] > 0 else unexplained
            repeated[chat][text] -= 1
            where.append(f"{chat[0]} {chat[1]}, message {message['message_id']}: {text[:60]!r}")
    return explained, unexplained


def _as_shown(params: dict) -> str:
    """A text without the marks of Telegram's HTML."""
    text = params["text"]
    return html.unescape(re.sub(r"<[^>]*>", "", text)) if params.get("parse_mode") == "HTML" else text


def _messages():
    from chats.models import Delivery

    rows = Delivery.objects.filter(state="sent", payload__method=SENT).order_by("pk")
    return rows.only("channel", "address", "conversation_id", "external_id", "attempts", "payload").iterator()
