"""What Telegram is told about our bots when the product starts: where to bring updates, commands, the menu button."""

from importlib import import_module

from django.conf import settings

from telegram_bot import sender
from telegram_bot.bots.characters_render import miniapp_url
from telegram_bot.updates import BOTS

#: The kinds of updates the handlers know; Telegram keeps the others to itself.
ALLOWED_UPDATES = ["message", "edited_message", "callback_query", "my_chat_member"]
MENU_BUTTON = "Персонажи"


def bots_with_tokens() -> list[str]:
    """The bots that this installation runs."""
    return [bot for bot in BOTS if settings.TELEGRAM_BOT_TOKENS.get(bot)]


def register(bot: str) -> None:
    """Registers one bot for the present TELEGRAM_MODE. May be repeated.

    Raises TemporaryDeliveryError or PermanentDeliveryError.
    """
    if settings.TELEGRAM_MODE == "polling":
        sender.call(bot, "deleteWebhook", {"drop_pending_updates": False})
    else:
        sender.call(
            bot,
            "setWebhook",
            {
                "url": f"{settings.PUBLIC_URL}/telegram/{bot}/webhook",
                "secret_token": settings.TELEGRAM_WEBHOOK_SECRET,
                "allowed_updates": ALLOWED_UPDATES,
            },
        )
    _tell_commands(bot)
    if bot == "characters":
        sender.call(bot, "setChatMenuButton", {"menu_button": _menu_button()})


def _tell_commands(bot: str) -> None:
    commands = import_module(f"telegram_bot.bots.texts_{bot}").COMMANDS
    for language, code in (("en", None), ("ru", "ru")):  # without a code: for everybody else
        listed = [{"command": command, "description": text} for command, text in commands[language]]
        sender.call(bot, "setMyCommands", {"commands": listed} | ({"language_code": code} if code else {}))


def _menu_button() -> dict:
    """The Mini App, where Telegram would open it."""
    if not (url := miniapp_url()):
        return {"type": "commands"}
    return {"type": "web_app", "text": MENU_BUTTON, "web_app": {"url": url}}
