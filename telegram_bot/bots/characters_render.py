"""How a character's words look in Telegram: with buttons under the answer."""

from chats.models import Message
from telegram_bot.outgoing import text_payloads


def payloads(message: Message, address: str) -> list[dict]:
    """The payloads that show a message to the person."""
    return text_payloads(chat_id=address, text=message.text)
