"""How the engine speaks through Telegram: to visitors, to operators, and as a character."""

import contextlib

from django.db import connection

from chats.analytics import Event, record, user_id_of
from chats.channels import Channel, PermanentDeliveryError, TemporaryDeliveryError
from chats.models import Delivery, Message
from telegram_bot import sender, writing
from telegram_bot.bots import characters_render, operators_render, support_render
from telegram_bot.outgoing import BOTS


class BotChannel(Channel):
    """One bot's way out: what its subclasses render is sent here."""

    bot = ""

    def send(self, delivery: Delivery) -> str:
        """Makes the call that the payload describes, and returns the id of the message it has made."""
        payload, params = delivery.payload, dict(delivery.payload["params"])
        if of := payload.get("of"):
            params["message_id"] = _message_id(of)
        if "chat_id" in params:
            writing.stop(self.bot, delivery.address)
        result = sender.call(self.bot, payload["method"], params)
        return str(getattr(result, "message_id", ""))

    def on_typing(self, address: str) -> None:
        with contextlib.suppress(PermanentDeliveryError, TemporaryDeliveryError):
            sender.call(self.bot, "sendChatAction", {"chat_id": int(address), "action": "typing"})

    def on_writing(self, address: str, text: str) -> None:
        writing.show(self.bot, address, text)

    def on_retract(self, address: str) -> None:
        writing.stop(self.bot, address)

    def on_turn_end(self, address: str) -> None:
        writing.stop(self.bot, address)


class TelegramChannel(BotChannel):
    """The visitor's end: the support bot."""

    bot = BOTS["telegram"]
    has_human_end = True
    shows_writing = True

    def payloads(self, message: Message, address: str) -> list[dict]:
        return support_render.payloads(message, address)


class OperatorChannel(BotChannel):
    """The operator's end: what the visitor writes, with a header that says whose words they are."""

    bot = BOTS["operator"]

    def payloads(self, message: Message, address: str) -> list[dict]:
        return operators_render.payloads(message, address)

    def on_writing(self, address: str, text: str) -> None:
        """Operators are not shown how the bot writes."""


class CharacterChannel(BotChannel):
    """A character's words to the person who chose it. Nobody can be called here."""

    bot = BOTS["character"]
    has_characters = True
    shows_writing = True
    purpose = "character"
    answers_together = False
    closes_when_idle = False

    def payloads(self, message: Message, address: str) -> list[dict]:
        return characters_render.payloads(message, address)

    def on_sent(self, delivery: Delivery) -> None:
        """Records that an answer has arrived, with its last part."""
        message = delivery.message
        if message is None or message.answers is None or message.author != Message.Author.BOT:
            return
        if not message.deliveries.pending().exclude(pk=delivery.pk).exists():
            character = message.conversation.character
            record(
                Event.REPLY_DELIVERED,
                user_id=user_id_of(message.contact),
                properties={"character": character.slug if character else ""},
                key=str(message.pk),
            )


def _message_id(of: str) -> int:
    """The id of the message that the delivery with this dedupe key has made. Raises PermanentDeliveryError."""
    earlier = Delivery.objects.filter(dedupe_key=of).values_list("external_id", flat=True).first()
    if not connection.in_atomic_block:
        connection.close()
    if not earlier:
        raise PermanentDeliveryError(f"there is no message of {of} to change")
    return int(earlier)
