"""How the engine's messages look to an operator: a visitor's words under a header that says whose they are."""

import html

from chats.models import Message
from telegram_bot.outgoing import text_payloads


def payloads(message: Message, address: str) -> list[dict]:
    """The payloads that relay a message to the operator at `address`."""
    head = f"<b>{html.escape(message.contact.display_name)}</b> · №{message.conversation_id}"
    return text_payloads(chat_id=address, text=f"{head}\n{html.escape(message.text)}", html=True)
