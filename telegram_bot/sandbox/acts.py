"""What a person does with their phone. Every act becomes an update for the bot."""

import secrets
import time

from .bot_api.chat import as_bot_user, as_chat
from .errors import ControlError
from .formatting import person_text
from .formatting.text import split_text
from .options import BotSpec
from .world import World

MAX_TEXT = 4096


def press_start(world: World, bot: BotSpec, person: dict, payload: str = "") -> dict:
    """The Start button, also of a deep link. Unblocks the bot first if it was blocked."""
    if world.store.chats.get(bot.id, person["id"])["blocked"]:
        set_blocked(world, bot, person, False)
    return write_text(world, bot, person, f"/start {payload}".strip())[-1]


def write_text(
    world: World, bot: BotSpec, person: dict, text: str, *, reply_to: int | None = None
) -> list[dict]:
    """A text message; a long one becomes several, as Telegram's apps do. Raises ControlError for an empty one."""
    if not person_text(text)[0]:
        raise ControlError(400, "empty", "the text is empty")
    messages = []
    for piece in split_text(text, MAX_TEXT):
        clean, entities = person_text(piece)
        if clean:
            content = {"text": clean} | ({"entities": entities} if entities else {})
            messages.append(write(world, bot, person, content, reply_to=reply_to))
            reply_to = None
    return messages


def write(world: World, bot: BotSpec, person: dict, content: dict, *, reply_to: int | None = None) -> dict:
    """A message with any content. Raises ControlError when the bot is blocked or the reply goes nowhere."""
    if world.store.chats.get(bot.id, person["id"])["blocked"]:
        raise ControlError(409, "blocked", "this person blocked the bot: unblock it first")
    reply = None
    if reply_to:
        row = world.store.messages.get(bot.id, person["id"], reply_to)
        if row is None:
            raise ControlError(404, "no_message", f"there is no message {reply_to} in this chat")
        reply = {key: value for key, value in row["payload"].items() if key != "reply_to_message"}
    with world.store.together():
        world.store.chats.set(bot.id, person["id"], started=1)
        message = {
            "message_id": world.store.bots.take_message_id(bot.id),
            "from": person,
            "chat": as_chat(person),
            "date": int(time.time()),
        } | ({"reply_to_message": reply} if reply else {})
        message |= content
        world.store.messages.add(bot.id, person["id"], message, outgoing=True)
        world.add_update(bot, "message", message, person_id=person["id"])
    world.events.publish("message", bot=bot.name, person=person["id"])
    return message


def edit_text(world: World, bot: BotSpec, person: dict, message_id: int, text: str) -> dict:
    """The person changes what they wrote. Raises ControlError when it is not theirs or not a text."""
    row = world.store.messages.get(bot.id, person["id"], message_id)
    if row is None or not row["outgoing"] or "text" not in row["payload"]:
        raise ControlError(404, "no_message", "there is no text of this person with that id")
    clean, entities = person_text(text)
    if not clean:
        raise ControlError(400, "empty", "the text is empty")
    message = {key: value for key, value in row["payload"].items() if key != "entities"}
    message |= {"text": clean, "edit_date": int(time.time())} | ({"entities": entities} if entities else {})
    with world.store.together():
        world.store.messages.replace(bot.id, message, edited=True)
        world.add_update(bot, "edited_message", message, person_id=person["id"])
    world.events.publish("edit", bot=bot.name, person=person["id"])
    return message


def press_button(world: World, bot: BotSpec, person: dict, message_id: int, data: str) -> str:
    """A callback button; the answer is the callback query's id. Raises ControlError."""
    row = world.store.messages.get(bot.id, person["id"], message_id)
    if row is None:
        raise ControlError(404, "no_message", f"there is no message {message_id} in this chat")
    callback_id = str(secrets.randbits(62))
    with world.store.together():
        world.store.callbacks.add(
            callback_id, bot_id=bot.id, person_id=person["id"], message_id=message_id, data=data
        )
        query = {
            "id": callback_id,
            "from": person,
            "message": row["payload"],
            "chat_instance": chat_instance(bot, person),
            "data": data,
        }
        world.add_update(bot, "callback_query", query, person_id=person["id"])
    world.events.publish("press", bot=bot.name, person=person["id"])
    return callback_id


def set_blocked(world: World, bot: BotSpec, person: dict, blocked: bool) -> None:
    """Block or unblock the bot; nothing happens when it is so already."""
    if world.store.chats.get(bot.id, person["id"])["blocked"] == blocked:
        return
    with world.store.together():
        world.store.chats.set(bot.id, person["id"], blocked=int(blocked))
        world.add_update(bot, "my_chat_member", _membership(bot, person, blocked), person_id=person["id"])
    world.events.publish("chat", bot=bot.name, person=person["id"])


def clear_history(world: World, bot: BotSpec, person: dict) -> None:
    """The person clears the chat for themselves."""
    world.store.messages.clear(bot.id, person["id"])
    world.store.chats.set(bot.id, person["id"], keyboard=None)
    world.events.publish("chat", bot=bot.name, person=person["id"])


def chat_instance(bot: BotSpec, person: dict) -> str:
    """A number that stands for the chat, the same every time."""
    return str((bot.id * 1_000_003 + person["id"] * 7_919) % 2**62)


def _membership(bot: BotSpec, person: dict, blocked: bool) -> dict:
    user = as_bot_user(bot)
    member, banned = {"user": user, "status": "member"}, {"user": user, "status": "kicked", "until_date": 0}
    return {
        "chat": as_chat(person),
        "from": person,
        "date": int(time.time()),
        "old_chat_member": member if blocked else banned,
        "new_chat_member": banned if blocked else member,
    }
