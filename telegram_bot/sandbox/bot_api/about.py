"""getMe, commands, the menu button, and what a bot says about itself."""

import re

from telegram_bot.sandbox.errors import bad_request

from .chat import as_bot_user, find_person
from .keyboards import web_app
from .methods import Call, method

PROFILE_LIMITS = {"name": 64, "description": 512, "short_description": 120}


@method("getMe")
def get_me(call: Call) -> dict:
    """The bot itself."""
    return as_bot_user(call.bot) | {
        "can_join_groups": True,
        "can_read_all_group_messages": False,
        "supports_inline_queries": False,
        "can_connect_to_business": False,
        "has_main_web_app": False,
        "has_topics_enabled": False,
        "allows_users_to_create_topics": False,
    }


@method("setMyCommands")
def set_my_commands(call: Call) -> bool:
    """The commands menu, by scope and language."""
    commands = call.params.json("commands", "list of bot commands")
    if not isinstance(commands, list):
        raise bad_request("commands must be an Array of BotCommand" if commands else "commands is empty")
    if len(commands) > 100:
        raise bad_request("BOT_COMMANDS_TOO_MUCH")
    parsed = []
    for command in commands:
        if not isinstance(command, dict):
            raise bad_request("can't parse BotCommand: expected an Object")
        name = str(command.get("command", "")).removeprefix("/")
        text = str(command.get("description", ""))
        if not re.match(r"^[a-z0-9_]{1,32}$", name):
            raise bad_request("BOT_COMMAND_INVALID")
        if not 1 <= len(text) <= 256:
            raise bad_request("BOT_COMMAND_DESCRIPTION_INVALID")
        parsed.append({"command": name, "description": text})
    return _write_commands(call, parsed)


@method("deleteMyCommands")
def delete_my_commands(call: Call) -> bool:
    """No commands for this scope and language."""
    return _write_commands(call, None)


@method("getMyCommands")
def get_my_commands(call: Call) -> list[dict]:
    """The commands of exactly this scope and language."""
    return call.world.store.bots.get(call.bot.id)["commands"].get(_commands_key(call), [])


def commands_for(world, bot, person: dict) -> list[dict]:
    """The commands that a person sees: the narrowest scope that has any, their language before no language."""
    commands = world.store.bots.get(bot.id)["commands"]
    for scope in (f"chat:{person['id']}", "all_private_chats", "default"):
        for language in (person.get("language_code", ""), ""):
            if found := commands.get(f"{scope}|{language}"):
                return found
    return []


def _write_commands(call: Call, value: list | None) -> bool:
    commands = call.world.store.bots.get(call.bot.id)["commands"]
    key = _commands_key(call)
    if value is None:
        commands.pop(key, None)
    else:
        commands[key] = value
    call.world.store.bots.set(call.bot.id, commands=commands)
    call.world.events.publish("bots", bot=call.bot.name)
    return True


def _commands_key(call: Call) -> str:
    scope = call.params.json("scope", "bot command scope") or {"type": "default"}
    if not isinstance(scope, dict) or not isinstance(scope.get("type"), str):
        raise bad_request("can't parse BotCommandScope")
    language = call.params.text("language_code")
    if language and not re.match(r"^[a-z]{2}$", language):
        raise bad_request("wrong language_code specified")
    kind = f"chat:{scope.get('chat_id')}" if scope["type"] == "chat" else scope["type"]
    return f"{kind}|{language}"


@method("setChatMenuButton")
def set_chat_menu_button(call: Call) -> bool:
    """The button left of the text field, for one person or for all."""
    button = call.params.json("menu_button", "menu button") or {"type": "default"}
    if not isinstance(button, dict) or button.get("type") not in ("default", "commands", "web_app"):
        raise bad_request("can't parse menu button: wrong type specified")
    if button["type"] == "web_app":
        if not str(button.get("text", "")).strip():
            raise bad_request("menu button text must be non-empty")
        info = web_app(button.get("web_app"), "menu button Web App", call.world.options.allow_remote)
        button = {"type": "web_app", "text": button["text"], "web_app": info}
    else:
        button = {"type": button["type"]}
    if call.params.text("chat_id"):
        person = find_person(call)
        call.world.store.chats.set(call.bot.id, person["id"], menu_button=button)
    else:
        call.world.store.bots.set(call.bot.id, menu_button=button)
    call.world.events.publish("bots", bot=call.bot.name)
    return True


@method("getChatMenuButton")
def get_chat_menu_button(call: Call) -> dict:
    """The button of one person's chat, or the common one."""
    if call.params.text("chat_id"):
        return menu_button_for(call.world, call.bot, find_person(call))
    return call.world.store.bots.get(call.bot.id)["menu_button"] or {"type": "commands"}


def menu_button_for(world, bot, person: dict) -> dict:
    """What the person sees: their own button unless it is the default one, then the common one."""
    own = world.store.chats.get(bot.id, person["id"])["menu_button"]
    common = world.store.bots.get(bot.id)["menu_button"]
    button = own if own and own["type"] != "default" else common
    return button if button and button["type"] != "default" else {"type": "commands"}


def _profile_methods(what: str, words: str) -> None:
    @method(f"setMy{words}")
    def set_text(call: Call) -> bool:
        text = call.params.text(what)
        if len(text) > PROFILE_LIMITS[what]:
            raise bad_request(f"bot {what.replace('_', ' ')} is too long")
        profile = call.world.store.bots.get(call.bot.id)["profile"]
        profile[f"{what}|{call.params.text('language_code')}"] = text
        call.world.store.bots.set(call.bot.id, profile=profile)
        return True

    @method(f"getMy{words}")
    def get_text(call: Call) -> dict:
        profile = call.world.store.bots.get(call.bot.id)["profile"]
        found = profile.get(f"{what}|{call.params.text('language_code')}") or profile.get(f"{what}|", "")
        return {what: found or (call.bot.first_name if what == "name" else "")}


for _what, _words in (
    ("name", "Name"),
    ("description", "Description"),
    ("short_description", "ShortDescription"),
):
    _profile_methods(_what, _words)
