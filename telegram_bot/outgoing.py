"""What the bots say, stored in the outbox with its cause; telegram_bot.channel sends it.

To be called inside the transaction of the fact: nothing here touches the network. A payload is

    {"method": "sendMessage", "params": {...}, "of": "<dedupe key>"}

where `of` names an earlier delivery to the same chat, whose message the method changes.
"""

from dataclasses import dataclass

from chats.models import Delivery
from chats.outbox import enqueue
from telegram_bot.splitting import split_html, split_text

#: Which channel of the engine sends for which bot.
CHANNELS = {"support": "telegram", "operators": "operator", "characters": "character"}
BOTS = {channel: bot for bot, channel in CHANNELS.items()}
CALLBACK_ADDRESS = "callback:"


@dataclass(frozen=True, slots=True, kw_only=True)
class Button:
    """One inline button; exactly one of data (at most 64 bytes), url and web_app (an https address) is given."""

    text: str
    data: str = ""
    url: str = ""
    web_app: str = ""

    def as_json(self) -> dict:
        """The button as the Bot API wants it."""
        if self.data:
            return {"text": self.text, "callback_data": self.data}
        if self.web_app:
            return {"text": self.text, "web_app": {"url": self.web_app}}
        return {"text": self.text, "url": self.url}


Buttons = list[list[Button]]


def send_text(
    *,
    bot: str,
    chat_id: int | str,
    text: str,
    dedupe_key: str,
    buttons: Buttons | None = None,
    html: bool = False,
    conversation_id: int | None = None,
    reply_to: int | None = None,
) -> None:
    """Stores a message, in several where it is long. The last one carries the buttons and the plain `dedupe_key`."""
    payloads = text_payloads(chat_id=chat_id, text=text, buttons=buttons, html=html, reply_to=reply_to)
    last = len(payloads) - 1
    for number, payload in enumerate(payloads):
        enqueue(
            channel=CHANNELS[bot],
            address=str(chat_id),
            payload=payload,
            dedupe_key=dedupe_key if number == last else f"{dedupe_key}/{number}",
            conversation_id=conversation_id,
        )


def edit_text(
    *,
    bot: str,
    delivery_key: str,
    text: str,
    dedupe_key: str,
    buttons: Buttons | None = None,
    html: bool = False,
) -> None:
    """Stores a new text for what the delivery with `delivery_key` sends; without `buttons` it loses them.

    Raises Delivery.DoesNotExist when there is no such delivery.
    """
    earlier = Delivery.objects.only("address", "conversation_id").get(dedupe_key=delivery_key)
    params = text_params(chat_id=earlier.address, text=_pieces(text, html)[0], buttons=buttons, html=html)
    _enqueue(
        bot,
        earlier.address,
        "editMessageText",
        params,
        dedupe_key,
        of=delivery_key,
        conversation_id=earlier.conversation_id,
    )


def edit_buttons(
    *, bot: str, chat_id: int | str, message_id: int, dedupe_key: str, buttons: Buttons | None = None
) -> None:
    """Stores other buttons (or none) for a message that is already in the chat."""
    params = {"chat_id": int(chat_id), "message_id": message_id, "reply_markup": _markup(buttons or [])}
    _enqueue(bot, chat_id, "editMessageReplyMarkup", params, dedupe_key)


def answer_callback(*, bot: str, callback_query_id: str, text: str = "", alert: bool = False) -> None:
    """Stores the answer to a pressed button. It never waits behind the messages of its chat."""
    params = {"callback_query_id": callback_query_id, "text": text[:200], "show_alert": alert}
    address = f"{CALLBACK_ADDRESS}{callback_query_id}"
    _enqueue(bot, address, "answerCallbackQuery", params, f"{bot}:{address}")


def send_document(
    *,
    bot: str,
    chat_id: int | str,
    filename: str,
    content: str,
    caption: str,
    dedupe_key: str,
    conversation_id: int | None = None,
) -> None:
    """Stores a text file to be sent."""
    params = {
        "chat_id": int(chat_id),
        "document": {"filename": filename, "content": content},
        "caption": caption[:1024],
    }
    _enqueue(bot, chat_id, "sendDocument", params, dedupe_key, conversation_id=conversation_id)


def set_commands(*, bot: str, chat_id: int | str, commands: list[tuple[str, str]], dedupe_key: str) -> None:
    """Stores the list of commands that one chat is offered: (command, what it does)."""
    params = {
        "commands": [{"command": command, "description": description} for command, description in commands],
        "scope": {"type": "chat", "chat_id": int(chat_id)},
    }
    _enqueue(bot, chat_id, "setMyCommands", params, dedupe_key)


def text_payloads(
    *,
    chat_id: int | str,
    text: str,
    buttons: Buttons | None = None,
    html: bool = False,
    reply_to: int | None = None,
) -> list[dict]:
    """The payloads of one text: what Channel.payloads returns, and what send_text stores."""
    pieces = _pieces(text, html)
    last = len(pieces) - 1
    return [
        {
            "method": "sendMessage",
            "params": text_params(
                chat_id=chat_id,
                text=piece,
                buttons=buttons if number == last else None,
                html=html,
                reply_to=reply_to if number == 0 else None,
            ),
        }
        for number, piece in enumerate(pieces)
    ]


def text_params(
    *,
    chat_id: int | str,
    text: str,
    buttons: Buttons | None = None,
    html: bool = False,
    reply_to: int | None = None,
) -> dict:
    """The parameters of sendMessage or editMessageText for one piece of text."""
    params = {"chat_id": int(chat_id), "text": text, "link_preview_options": {"is_disabled": True}}
    if html:
        params["parse_mode"] = "HTML"
    if buttons:
        params["reply_markup"] = _markup(buttons)
    if reply_to:
        params["reply_parameters"] = {"message_id": reply_to, "allow_sending_without_reply": True}
    return params


def _pieces(text: str, html: bool) -> list[str]:
    return (split_html(text) if html else split_text(text)) or ["…"]


def _markup(buttons: Buttons) -> dict:
    return {"inline_keyboard": [[button.as_json() for button in row] for row in buttons]}


def _enqueue(
    bot, address, method, params, dedupe_key, *, of: str = "", conversation_id: int | None = None
) -> None:
    payload = {"method": method, "params": params} | ({"of": of} if of else {})
    enqueue(
        channel=CHANNELS[bot],
        address=str(address),
        payload=payload,
        dedupe_key=dedupe_key,
        conversation_id=conversation_id,
    )
