"""How the engine's messages look to a visitor in Telegram."""

import html

from chats.models import Message
from telegram_bot.bots.texts_support import say
from telegram_bot.outgoing import Button, text_payloads

CALL_HUMAN = "human"  # callback data
TAKE_BACK = "bot"
_WAITING_NOTICES = {"handoff", "transferred", "nobody_on_duty"}


def payloads(message: Message, address: str) -> list[dict]:
    """The payloads that show a message to the visitor: an operator's words under a name, offers as buttons."""
    language = message.contact.language
    if message.author == Message.Author.OPERATOR:
        head = f"<b>{html.escape(message.operator_name)}</b>\n" if message.operator_name else ""
        return text_payloads(chat_id=address, text=f"{head}{html.escape(message.text)}", html=True)
    buttons = []
    if message.meta.get("offer"):
        buttons = [[Button(text=say("call_human", language), data=CALL_HUMAN)]]
    elif message.meta.get("notice") in _WAITING_NOTICES:
        buttons = [[Button(text=say("take_back", language), data=TAKE_BACK)]]
    return text_payloads(chat_id=address, text=message.text, buttons=buttons)
