"""How a character's words and the ways to choose one look in Telegram."""

from django.conf import settings

from chats.models import Message
from llm.models import Character
from telegram_bot.bots.texts_characters import say
from telegram_bot.outgoing import Button, Buttons, text_payloads

AGAIN, MORE, MENU, CHOOSE = (
    "again:",
    "more",
    "menu",
    "choose:",
)  # callback data, with a number or a slug after a colon
LISTED = 30  # characters offered as plain buttons, where there is no Mini App


def payloads(message: Message, address: str) -> list[dict]:
    """The payloads that show a message to the person; an answer has its buttons under it."""
    buttons = answer_buttons(message) if message.author == Message.Author.BOT and message.answers else None
    return text_payloads(chat_id=address, text=message.text, buttons=buttons)


def answer_buttons(message: Message) -> Buttons:
    """Another answer, continue, change character."""
    language = message.contact.language
    change = say("change", language)
    return [
        [
            Button(text=say("again", language), data=f"{AGAIN}{message.pk}"),
            Button(text=say("more", language), data=MORE),
        ],
        [Button(text=change, web_app=miniapp_url()) if miniapp_url() else Button(text=change, data=MENU)],
    ]


def menu_buttons(language: str) -> Buttons:
    """The button that opens the Mini App; where Telegram would not open it, the characters themselves."""
    if url := miniapp_url():
        return [[Button(text=say("choose", language), web_app=url)]]
    return [
        [Button(text=character.spoken("name", language), data=f"{CHOOSE}{character.slug}"[:64])]
        for character in Character.objects.active()[:LISTED]
    ]


def miniapp_url() -> str:
    """The address of the Mini App; "" where Telegram would refuse it, as it opens https:// only."""
    if settings.PUBLIC_URL.startswith("https://") or "api.telegram.org" not in settings.TELEGRAM_API_URL:
        return f"{settings.PUBLIC_URL}/miniapp/"
    return ""
