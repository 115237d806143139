"""The support bot: visitors write here, and the same engine answers as on the website."""

import contextlib
from collections.abc import Callable

from django.conf import settings
from django.db import transaction
from telegram import CallbackQuery, ChatMember, ChatMemberUpdated, Message, Update

from chats.conversations import ConversationConflict, call_human, take_back
from chats.inbox import BadText, receive_message
from chats.models import Contact, Conversation
from telegram_bot import outgoing
from telegram_bot.bots import kinds
from telegram_bot.bots.incoming import command_of, is_private, store, store_correction
from telegram_bot.bots.support_render import CALL_HUMAN, TAKE_BACK
from telegram_bot.bots.texts_support import say
from telegram_bot.contacts import keep_contact, language_of

CHANNEL = outgoing.CHANNELS["support"]


def handle(update: Update) -> None:
    """One update of the support bot, in the transaction that marks it as done."""
    if update.callback_query:
        _on_button(update.callback_query)
    elif update.my_chat_member:
        _on_membership(update.my_chat_member)
    elif update.message and is_private(update.message):
        _on_message(update.message)
    elif update.edited_message and is_private(update.edited_message):
        _on_edit(update.edited_message)


def _on_message(message: Message) -> None:
    if kinds.is_service(message):
        return
    contact, _ = keep_contact(channel=CHANNEL, user=message.from_user, blocked=False)
    command, _ = command_of(message)
    if command in _COMMANDS:
        _COMMANDS[command](contact, message)
    elif command and _state_of(contact) == Conversation.State.BOT:
        _reply(contact, message, "help")
    else:
        try:
            store(receive_message, contact=contact, message=message)
        except BadText:
            _reply(contact, message, "help")


def _on_edit(message: Message) -> None:
    if command_of(message)[0]:
        return
    contact, _ = keep_contact(channel=CHANNEL, user=message.from_user)
    with contextlib.suppress(BadText):
        store_correction(
            receive_message, contact=contact, message=message, prefix=say("edited", contact.language)
        )


def _on_start(contact: Contact, message: Message) -> None:
    _reply(contact, message, "greeting", site=settings.SITE_NAME)


def _on_help(contact: Contact, message: Message) -> None:
    _reply(contact, message, "help")


def _on_call_human(contact: Contact, message: Message) -> None:
    if answer := _call_human(contact):
        _reply(contact, message, answer)


def _on_take_back(contact: Contact, message: Message) -> None:
    if answer := _take_back(contact):
        _reply(contact, message, answer)


_COMMANDS: dict[str, Callable[[Contact, Message], None]] = {
    "start": _on_start,
    "help": _on_help,
    "operator": _on_call_human,
    "bot": _on_take_back,
}


def _call_human(contact: Contact) -> str:
    """Calls a human; returns what is to be said where nothing has changed ("" where the engine says it)."""
    before = _state_of(contact)
    call_human(contact=contact)
    return {"waiting": "already_waiting", "operator": "already_operator"}.get(before, "")


def _take_back(contact: Contact) -> str:
    try:
        with transaction.atomic():
            take_back(contact=contact)
    except ConversationConflict:
        return "operator_stays" if _state_of(contact) == Conversation.State.OPERATOR else "already_bot"
    return ""


def _on_button(query: CallbackQuery) -> None:
    contact, _ = keep_contact(channel=CHANNEL, user=query.from_user)
    if query.data == CALL_HUMAN:
        answer = _call_human(contact) or "calling"
    elif query.data == TAKE_BACK:
        answer = _take_back(contact)
    else:
        answer = "dead_button"
    text = say(answer, contact.language) if answer else ""
    outgoing.answer_callback(bot="support", callback_query_id=query.id, text=text)
    if query.message and query.data in (CALL_HUMAN, TAKE_BACK):
        outgoing.edit_buttons(
            bot="support",
            chat_id=query.message.chat.id,
            message_id=query.message.message_id,
            dedupe_key=f"support:pressed:{query.id}",
        )


def _on_membership(change: ChatMemberUpdated) -> None:
    status = change.new_chat_member.status
    if change.chat.type == "private":
        keep_contact(channel=CHANNEL, user=change.from_user, blocked=status == ChatMember.BANNED)
    elif change.chat.type in ("group", "supergroup") and status == ChatMember.MEMBER:
        outgoing.send_text(
            bot="support",
            chat_id=change.chat.id,
            text=say("only_private", language_of(change.from_user.language_code)),
            dedupe_key=f"support:group:{change.chat.id}:{change.date.timestamp():.0f}",
        )


def _reply(contact: Contact, message: Message, key: str, **values) -> None:
    outgoing.send_text(
        bot="support",
        chat_id=contact.external_id,
        text=say(key, contact.language, **values),
        dedupe_key=f"support:{key}:{contact.external_id}:{message.message_id}",
    )


def _state_of(contact: Contact) -> str:
    state = Conversation.objects.open().filter(contact=contact).values_list("state", flat=True).first()
    return state or Conversation.State.BOT
