"""sendMessage, sendChatAction, and what all sending has in common."""

import time

from telegram_bot.sandbox.errors import bad_request
from telegram_bot.sandbox.formatting import formatted_text, utf16_length

from .chat import as_bot_user, as_chat, find_person, find_writable
from .keyboards import read_markup
from .methods import Call, method

MAX_TEXT = 4096
MAX_CAPTION = 1024
ACTIONS = {
    "typing", "upload_photo", "record_video", "upload_video", "record_voice", "upload_voice", "upload_document",
    "choose_sticker", "find_location", "record_video_note", "upload_video_note",
}  # fmt: skip


@method("sendMessage")
def send_message(call: Call) -> dict:
    """A text. Telegram reads the markup before it looks at the chat, so its errors come first."""
    if not call.params.text("text"):
        raise bad_request("message text is empty")
    text, entities = read_text(call, "text")
    markup = read_markup(
        call.params.json("reply_markup", "reply keyboard markup"),
        allow_remote=call.world.options.allow_remote,
    )
    person = find_writable(call)
    if not text:
        raise bad_request(
            "message text is empty" if not call.params.text("text").strip() else "text must be non-empty"
        )
    if utf16_length(text) > MAX_TEXT:
        raise bad_request("message is too long")
    content = {"text": text}
    if entities:
        content["entities"] = entities
    if preview := call.params.json("link_preview_options"):
        content["link_preview_options"] = preview
    return deliver(call, person, content, markup)


@method("sendChatAction")
def send_chat_action(call: Call) -> bool:
    """ "typing..." for five seconds, or until a message comes."""
    action = call.params.text("action")
    if action not in ACTIONS:
        raise bad_request("wrong parameter action in request")
    person = find_writable(call)
    call.world.actions[(call.bot.id, person["id"])] = (action, time.monotonic())
    call.world.events.publish("action", bot=call.bot.name, person=person["id"])
    return True


def read_text(call: Call, name: str) -> tuple[str, list[dict]]:
    """Text or caption with its entities, by parse_mode or the list given. Raises BotApiError."""
    entities = "caption_entities" if name == "caption" else "entities"
    return formatted_text(
        call.params.text(name),
        parse_mode=call.params.text("parse_mode"),
        entities=call.params.json(entities, "message entities"),
    )


def deliver(call: Call, person: dict, content: dict, markup: tuple[dict | None, dict | None]) -> dict:
    """Put a message of the bot into the chat; the answer is the Message."""
    world, bot = call.world, call.bot
    reply = _replied_message(call, person)
    world.limiter.spend_message(bot.id, person["id"])
    inline, other = markup
    with world.store.together():
        message = {
            "message_id": world.store.bots.take_message_id(bot.id),
            "from": as_bot_user(bot),
            "chat": as_chat(person),
            "date": int(time.time()),
        } | content
        if reply:
            message["reply_to_message"] = reply
        if call.params.boolean("protect_content"):
            message["has_protected_content"] = True
        if inline:
            message["reply_markup"] = inline
        world.store.messages.add(bot.id, person["id"], message, outgoing=False)
        if other:
            shown = None if other.get("remove_keyboard") else other
            world.store.chats.set(bot.id, person["id"], keyboard=shown)
    world.drafts.pop((bot.id, person["id"]), None)
    world.actions.pop((bot.id, person["id"]), None)
    world.events.publish("message", bot=bot.name, person=person["id"])
    return message


def _replied_message(call: Call, person: dict) -> dict | None:
    given = call.params.json("reply_parameters") or {}
    if not isinstance(given, dict):
        raise bad_request("can't parse reply parameters: expected an Object")
    try:
        message_id = int(given.get("message_id") or call.params.integer("reply_to_message_id"))
    except (TypeError, ValueError):
        message_id = 0
    if not message_id:
        return None
    row = call.world.store.messages.get(call.bot.id, person["id"], message_id)
    if row is None:
        kind = given.get("allow_sending_without_reply", call.params.boolean("allow_sending_without_reply"))
        if kind:
            return None
        raise bad_request("message to be replied not found")
    return {key: value for key, value in row["payload"].items() if key != "reply_to_message"}


@method("getChat")
def get_chat(call: Call) -> dict:
    """A person as a chat, with what a full info must have."""
    person = find_person(call)
    return as_chat(person) | {
        "accent_color_id": person["id"] % 7,
        "max_reaction_count": 11,
        "accepted_gift_types": {
            "unlimited_gifts": False, "limited_gifts": False, "unique_gifts": False, "premium_subscription": False,
            "gifts_from_channels": False,
        },
    }  # fmt: skip
