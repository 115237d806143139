"""How the operator bot answers a message, and what a message is about."""

from telegram import Message

from operators.models import Operator
from telegram_bot import outgoing
from telegram_bot.bots.texts_operators import say

BOT = "operators"


def reply(
    operator: Operator, text_key: str, cause: int | str, *, buttons: outgoing.Buttons | None = None, **values
) -> None:
    """Sends a text of the bot; `cause` is what it answers, so that it is said once."""
    send(operator, say(text_key, operator.language, **values), f"{text_key}:{cause}", buttons=buttons)


def refusal_of(operator: Operator | None) -> str:
    """What somebody is told who may not work here: the key of a text."""
    if operator is None:
        return "stranger"
    return "no_access" if operator.approved_at else "not_approved"


def send(operator: Operator, text: str, cause: str, *, buttons: outgoing.Buttons | None = None) -> None:
    """The same for HTML that is ready."""
    outgoing.send_text(
        bot=BOT,
        chat_id=operator.chat_id,
        text=text,
        buttons=buttons,
        dedupe_key=f"operators:{operator.chat_id}:{cause}",
        html=True,
    )


def reply_target(message: Message) -> int | None:
    """The id of the message of this chat that is replied to; 0 for one from elsewhere; None for no reply."""
    if message.reply_to_message:
        return message.reply_to_message.message_id
    return 0 if message.external_reply else None
