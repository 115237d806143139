"""How conversations look to an operator: cards, transcripts, a visitor's words under a header that says whose."""

import html

from django.utils import timezone

from chats.models import Conversation, Message
from operators.models import Card, Operator
from telegram_bot.bots.texts_operators import Html, say, say_channel, say_duration, say_plain, say_reason
from telegram_bot.outgoing import text_payloads

Author = Message.Author
CARD_LINES = 6
CARD_ROOM = 3500  # characters of HTML: an edit must fit into one message
SHORT_TRANSCRIPT = 7000  # characters of HTML: two messages; what is longer comes as a file
TAIL_LINES = 12
LONGEST_LINE = 600  # of a tail


def payloads(message: Message, address: str) -> list[dict]:
    """The payloads that relay a message to the operator at `address`."""
    language = (
        Operator.objects.filter(chat_id=int(address)).values_list("language", flat=True).first() or "ru"
    )
    text = f"{title(message.conversation, language)}\n{_escape(message.text)}"
    return text_payloads(chat_id=address, text=text, html=True)


def title(conversation: Conversation, language: str) -> Html:
    """Which conversation, with whom, and where: stands above everything that belongs to it."""
    name = _escape(conversation.contact.display_name)
    return Html(f"<b>№{conversation.pk} · {name}</b> · {say_channel(conversation.contact.channel, language)}")


def card_text(card: Card, *, reminder: bool = False) -> str:
    """A waiting conversation, short enough to be changed later."""
    handoff, language = card.handoff, card.operator.language
    conversation = handoff.conversation
    parts = [
        say(
            "card_reminder" if reminder else "card",
            language,
            title=title(conversation, language),
            waited=say_duration(handoff.waited.total_seconds(), language),
            reason=say_reason(handoff.reason, language),
        )
    ]
    if handoff.detail and handoff.reason == "model":
        parts.append(say("card_detail", language, detail=_cut(handoff.detail, 200)))
    if handoff.summary:
        parts.append(say("card_summary", language, summary=_cut(handoff.summary, 600)))
    messages = Message.objects.filter(conversation=conversation).exclude(author=Author.SYSTEM)
    last = list(messages.order_by("-seq")[:CARD_LINES])[::-1]
    head = "\n".join(parts)
    for room in (400, 200, 80, 30):
        text = "\n\n".join([head, *_lines(last, conversation, language, room)])
        if len(text) <= CARD_ROOM:
            return text
    return head


def transcript(conversation: Conversation, language: str) -> tuple[str, str]:
    """The conversation for reading in the chat, and the whole of it as a file ("" where it is short enough)."""
    messages = list(Message.objects.filter(conversation=conversation).order_by("seq"))
    if not messages:
        return say("transcript_empty", language), ""
    whole = "\n\n".join(_lines(messages, conversation, language, None))
    if len(whole) <= SHORT_TRANSCRIPT:
        return whole, ""
    tail = _lines(messages[-TAIL_LINES:], conversation, language, LONGEST_LINE)
    return "\n\n".join([say("transcript_tail", language), *tail]), _as_file(messages, conversation, language)


def _lines(messages: list[Message], conversation: Conversation, language: str, room: int | None) -> list[str]:
    return [
        f"<b>{_escape(_speaker(message, conversation, language))}:</b> "
        f"{_escape(_cut(message.text, room) if room else message.text)}"
        if message.author != Author.SYSTEM
        else f"<i>— {_escape(message.text)}</i>"
        for message in messages
    ]


def _as_file(messages: list[Message], conversation: Conversation, language: str) -> str:
    lines = [
        f"[{timezone.localtime(message.created_at):%d.%m.%Y %H:%M:%S}] "
        f"{_speaker(message, conversation, language)}: {message.text}"
        for message in messages
    ]
    return "\n\n".join(lines) + "\n"


def _speaker(message: Message, conversation: Conversation, language: str) -> str:
    if message.author == Author.VISITOR:
        return conversation.contact.name or say_plain("visitor", language)
    if message.author == Author.OPERATOR:
        return message.operator_name
    return say_plain("bot" if message.author == Author.BOT else "system", language)


def _cut(text: str, room: int) -> str:
    return text if len(text) <= room else f"{text[: room - 1].rstrip()}…"


def _escape(text: str) -> str:
    return html.escape(text, quote=False)
