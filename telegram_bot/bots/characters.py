"""The characters bot: whoever the person has chosen answers."""

import contextlib
import uuid
from collections.abc import Callable

from telegram import CallbackQuery, ChatMember, ChatMemberUpdated, Message, Update, User

from chats.analytics import Event, record, user_id_of
from chats.characters import answer_again, choose_character, current_character, forget, receive_for_character
from chats.inbox import BadText
from chats.models import Contact
from llm.models import Character
from telegram_bot import outgoing
from telegram_bot.bots import kinds
from telegram_bot.bots.characters_render import AGAIN, CHOOSE, MENU, MORE, menu_buttons
from telegram_bot.bots.incoming import command_of, is_private, message_uuid, store, store_correction
from telegram_bot.bots.texts_characters import say
from telegram_bot.contacts import keep_contact, language_of

CHANNEL = outgoing.CHANNELS["characters"]
_QUERIES = uuid.UUID("b0d7a3f4-2c68-4d19-8e05-71a9c4f6e2d3")


def handle(update: Update) -> None:
    """One update of the characters bot, in the transaction that marks it as done."""
    if update.callback_query:
        _on_button(update.callback_query)
    elif update.my_chat_member:
        _on_membership(update.my_chat_member)
    elif update.message and is_private(update.message):
        _on_message(update.message)
    elif update.edited_message and is_private(update.edited_message):
        _on_edit(update.edited_message)


def keep_person(user: User, **meta) -> Contact:
    """The contact of a person, who is registered at the first sight."""
    contact, created = keep_contact(channel=CHANNEL, user=user, **meta)
    if created:
        record(
            Event.REGISTERED,
            user_id=user_id_of(contact),
            properties={"language": contact.language},
            key=user_id_of(contact),
        )
    return contact


def _on_message(message: Message) -> None:
    if kinds.is_service(message):
        return
    contact = keep_person(message.from_user, blocked=False)
    command, argument = command_of(message)
    if command:
        _COMMANDS.get(command, _on_help)(contact, message, argument)
        return
    try:
        store(receive_for_character, contact=contact, message=message)
    except BadText:
        _reply(contact, message, "help")
        return
    if current_character(contact) is None:
        _offer(contact, message, "choose_first")


def _on_edit(message: Message) -> None:
    if command_of(message)[0]:
        return
    contact = keep_person(message.from_user)
    prefix = say("edited", contact.language)
    with contextlib.suppress(BadText):
        store_correction(receive_for_character, contact=contact, message=message, prefix=prefix)


def _on_start(contact: Contact, message: Message, slug: str) -> None:
    """A deep link `?start=<slug>` chooses at once."""
    character = Character.objects.active().filter(slug=slug.strip().lower()).first() if slug else None
    if character:
        choose_character(
            contact=contact,
            character=character,
            choice_id=message_uuid(contact, message, "start"),
            source="link",
        )
    else:
        _offer(contact, message, "unknown_character" if slug else "welcome")


def _on_menu(contact: Contact, message: Message, _: str) -> None:
    _offer(contact, message, "menu")


def _on_reset(contact: Contact, message: Message, _: str) -> None:
    character = forget(contact=contact)
    if character:
        _reply(contact, message, "forgotten", name=character.spoken("name", contact.language))
    else:
        _offer(contact, message, "nothing_to_forget")


def _on_help(contact: Contact, message: Message, _: str) -> None:
    _reply(contact, message, "help")


_COMMANDS: dict[str, Callable[[Contact, Message, str], None]] = {
    "start": _on_start,
    "menu": _on_menu,
    "reset": _on_reset,
    "help": _on_help,
}


def _on_button(query: CallbackQuery) -> None:
    contact = keep_person(query.from_user)
    data = query.data or ""
    if data.startswith(AGAIN):
        answer = _answer_again(contact, data.removeprefix(AGAIN))
    elif data.startswith(CHOOSE):
        answer = _choose(contact, query, data.removeprefix(CHOOSE))
    elif data == MORE and current_character(contact):
        text = say("more_words", contact.language)
        receive_for_character(contact=contact, text=text, client_id=_query_uuid(contact, query))
        answer = ""
    elif data == MENU:
        _send(contact, f"menu:{query.id}", say("menu", contact.language), menu_buttons(contact.language))
        answer = ""
    else:
        answer = "dead_button"
    text = say(answer, contact.language) if answer else ""
    outgoing.answer_callback(bot="characters", callback_query_id=query.id, text=text)


def _answer_again(contact: Contact, number: str) -> str:
    again = number.isascii() and number.isdigit() and len(number) < 19
    return "thinking" if again and answer_again(contact=contact, message_id=int(number)) else "not_last"


def _choose(contact: Contact, query: CallbackQuery, slug: str) -> str:
    character = Character.objects.active().filter(slug=slug).first()
    if character is None:
        return "unknown_character"
    choose_character(
        contact=contact, character=character, choice_id=_query_uuid(contact, query), source="button"
    )
    return ""


def _on_membership(change: ChatMemberUpdated) -> None:
    status = change.new_chat_member.status
    if change.chat.type == "private":
        keep_person(change.from_user, blocked=status == ChatMember.BANNED)
    elif change.chat.type in ("group", "supergroup") and status == ChatMember.MEMBER:
        outgoing.send_text(
            bot="characters",
            chat_id=change.chat.id,
            text=say("only_private", language_of(change.from_user.language_code)),
            dedupe_key=f"characters:group:{change.chat.id}:{change.date.timestamp():.0f}",
        )


def _query_uuid(contact: Contact, query: CallbackQuery) -> uuid.UUID:
    return uuid.uuid5(_QUERIES, f"{contact.external_id}:{query.id}")


def _offer(contact: Contact, message: Message, key: str) -> None:
    """Says something with the way to choose a character under it."""
    text, buttons = say(key, contact.language), menu_buttons(contact.language)
    _send(contact, f"{key}:{message.message_id}", text, buttons)


def _reply(contact: Contact, message: Message, key: str, **values) -> None:
    _send(contact, f"{key}:{message.message_id}", say(key, contact.language, **values))


def _send(contact: Contact, key: str, text: str, buttons: outgoing.Buttons | None = None) -> None:
    outgoing.send_text(
        bot="characters",
        chat_id=contact.external_id,
        text=text,
        dedupe_key=f"characters:{contact.external_id}:{key}",
        buttons=buttons,
    )
