"""What a person sees."""

import time

from telegram_bot.sandbox.bot_api.about import commands_for, menu_button_for
from telegram_bot.sandbox.bot_api.callbacks import ANSWERABLE_SECONDS
from telegram_bot.sandbox.bot_api.updates import webhook_info
from telegram_bot.sandbox.options import BotSpec
from telegram_bot.sandbox.world import World

WITH_FILES = ("document", "sticker", "voice")


def chat_view(world: World, bot: BotSpec, person: dict, *, after: int = 0, last: int = -1) -> dict:
    """One person's chat with one bot, as on their phone."""
    chat = world.store.chats.get(bot.id, person["id"])
    messages = [
        with_file_url(message) for message in world.store.messages.seen(bot.id, person["id"], after=after)
    ]
    newest = world.store.messages.last(bot.id, person["id"])
    return {
        "bot": bot.name,
        "person": person,
        "started": chat["started"],
        "blocked": chat["blocked"],
        "messages": messages,
        "drafts": world.live_drafts(bot.id, person["id"]),
        "action": world.live_action(bot.id, person["id"]),
        "callback_answers": [
            callback_view(row) for row in world.store.callbacks.of_chat(bot.id, person["id"])
        ],
        "commands": commands_for(world, bot, person),
        "menu_button": menu_button_for(world, bot, person),
        "keyboard": chat["keyboard"],
        "last_message_id": newest["message_id"] if newest else 0,
        "revision": world.events.revision,
    }


def chat_summary(world: World, bot: BotSpec, person: dict) -> dict:
    """A line of the chat list."""
    chat = world.store.chats.get(bot.id, person["id"])
    return {
        "bot": bot.name,
        "person": person["id"],
        "started": chat["started"],
        "blocked": chat["blocked"],
        "last_message": world.store.messages.last(bot.id, person["id"]),
    }


def bot_view(world: World, bot: BotSpec) -> dict:
    """A bot as people and tests want to know it; the token stays out."""
    row = world.store.bots.get(bot.id)
    info = webhook_info(world, bot)
    return {
        "name": bot.name,
        "id": bot.id,
        "username": bot.username,
        "first_name": row["profile"].get("name|") or bot.first_name,
        "description": row["profile"].get("description|", ""),
        "commands": row["commands"].get("default|") or row["commands"].get("all_private_chats|") or [],
        "menu_button": row["menu_button"] or {"type": "default"},
        "webhook": info,
        "pending_update_count": info["pending_update_count"],
    }


def callback_view(row: dict) -> dict:
    """How a press of a button was answered, if it was."""
    return {
        "callback_query_id": row["id"],
        "message_id": row["message_id"],
        "data": row["data"],
        "answered": bool(row["answered"]),
        "text": row["text"],
        "show_alert": bool(row["show_alert"]),
        "url": row["url"],
        "expired": not row["answered"] and time.time() - row["created_at"] > ANSWERABLE_SECONDS,
        "pressed_at": row["created_at"],
    }


def with_file_url(message: dict) -> dict:
    """Where the page finds the content of an attachment."""
    for kind in WITH_FILES:
        if kind in message:
            message["file_url"] = f"/sandbox/api/files/{message[kind]['file_id']}"
    if "photo" in message:
        message["file_url"] = f"/sandbox/api/files/{message['photo'][-1]['file_id']}"
    return message
