"""The chat that a call names, and who may write there."""

from telegram_bot.sandbox.errors import bad_request, forbidden

from .methods import Call


def find_person(call: Call) -> dict:
    """The person of `chat_id`. Raises "chat_id is empty" and "chat not found"."""
    chat_id = call.params.text("chat_id").strip()
    if not chat_id:
        raise bad_request("chat_id is empty")
    try:
        person = call.world.store.people.get(int(chat_id))
    except (ValueError, OverflowError):
        person = None
    if person is None:
        if chat_id.isdigit() and any(bot.id == int(chat_id) for bot in call.world.options.bots):
            raise forbidden("bots can't send messages to bots")
        raise bad_request("chat not found")
    return person


def find_writable(call: Call) -> dict:
    """The person, if the bot may write to them. Raises 403 before Start and when they blocked the bot."""
    person = find_person(call)
    chat = call.world.store.chats.get(call.bot.id, person["id"])
    if chat["blocked"]:
        raise forbidden("bot was blocked by the user")
    if not chat["started"]:
        raise forbidden("bot can't initiate conversation with a user")
    return person


def as_chat(person: dict) -> dict:
    """The private chat as the Bot API shows it."""
    return {key: person[key] for key in ("id", "first_name", "last_name", "username") if key in person} | {
        "type": "private"
    }


def as_bot_user(bot) -> dict:
    """The bot as the sender of its messages."""
    return {"id": bot.id, "is_bot": True, "first_name": bot.first_name, "username": bot.username}
