"""The operator bot: parse, one domain call, respond through the outbox.

Whoever is not an approved operator can do nothing here but register: every command and button tells them so.
"""

from django.conf import settings
from telegram import CallbackQuery, ChatMember, ChatMemberUpdated, Message, Update, User

from operators import duty, routing
from operators.models import Operator
from operators.routing import Verdict
from telegram_bot import outgoing
from telegram_bot.bots import kinds, operators_commands, operators_pressed
from telegram_bot.bots.operators_render import title
from telegram_bot.bots.operators_reply import refusal_of, reply, reply_target
from telegram_bot.bots.texts_operators import say
from telegram_bot.contacts import language_of

BOT = "operators"


def handle(update: Update) -> None:
    """One update of the operator bot, in the transaction that marks it as done."""
    if update.callback_query:
        _on_button(update.callback_query)
    elif update.my_chat_member:
        _on_membership(update.my_chat_member)
    elif update.message and _is_private(update.message):
        _on_message(update.message)
    elif update.edited_message and _is_private(update.edited_message):
        _on_edit(update.edited_message)


def _is_private(message: Message) -> bool:
    return message.chat.type == "private" and message.from_user is not None and not message.from_user.is_bot


def _on_message(message: Message) -> None:
    if kinds.is_service(message):
        return
    command = _command_of(message)
    if command == "start":
        operators_commands.start(_register(message), message)
        return
    operator = _find(message.from_user)
    if operator is None or not operator.active:
        _refuse(message, operator)
    elif command:
        operators_commands.run(command, operator, message)
    elif message.text:
        _on_text(operator, message)
    else:
        # An album comes as many messages: it is refused once.
        reply(operator, "only_text", message.media_group_id or message.message_id)


def _on_text(operator: Operator, message: Message) -> None:
    routed = routing.route_text(
        operator=operator, source_id=message.message_id, text=message.text, reply_to=reply_target(message)
    )
    match routed.verdict:
        case Verdict.NOT_HELD:
            about = title(routed.conversation, operator.language)
            reply(operator, "not_held", message.message_id, title=about)
        case Verdict.NOBODY:
            reply(operator, "nobody", message.message_id)
        case Verdict.BAD_TEXT:
            reply(operator, routed.detail, message.message_id, limit=settings.MESSAGE_MAX_CHARS)


def _on_edit(message: Message) -> None:
    operator = _find(message.from_user)
    if operator is None or not operator.active:
        return
    match routing.correct(operator=operator, source_id=message.message_id, text=message.text or ""):
        case Verdict.SENT:
            reply(operator, "edited", f"{message.message_id}:{message.edit_date.timestamp():.0f}")
        case Verdict.ASKED:
            reply(operator, "edited_held", f"{message.message_id}:{message.edit_date.timestamp():.0f}")


def _on_button(query: CallbackQuery) -> None:
    operator = _find(query.from_user)
    language = operator.language if operator else language_of(query.from_user.language_code)
    if operator and operator.active:
        answer = operators_pressed.press(operator, query)
    else:
        answer = operators_pressed.Answer(refusal_of(operator), alert=True)
    outgoing.answer_callback(
        bot=BOT, callback_query_id=query.id, text=answer.words(language), alert=answer.alert
    )


def _on_membership(change: ChatMemberUpdated) -> None:
    """Whoever blocks the bot cannot be reached: what they hold goes to the others."""
    if change.chat.type == "private" and change.new_chat_member.status == ChatMember.BANNED:
        operator = _find(change.from_user)
        if operator:
            duty.go_off_duty(operator_id=operator.pk, reason="unreachable")


def _register(message: Message) -> Operator:
    user = message.from_user
    return duty.register(
        telegram_id=user.id,
        chat_id=message.chat.id,
        name=" ".join(f"{user.first_name or ''} {user.last_name or ''}".split()),
        username=user.username or "",
        language=language_of(user.language_code),
    )


def _refuse(message: Message, operator: Operator | None) -> None:
    language = operator.language if operator else language_of(message.from_user.language_code)
    outgoing.send_text(
        bot=BOT,
        chat_id=message.chat.id,
        text=say(refusal_of(operator), language),
        dedupe_key=f"operators:refused:{message.chat.id}:{message.message_id}",
        html=True,
    )


def _find(user: User) -> Operator | None:
    return Operator.objects.filter(telegram_id=user.id).first()


def _command_of(message: Message) -> str:
    """The command that a message is, without slash and bot name; "" where it is none."""
    first = (message.text or "").split(maxsplit=1)[:1]
    return (
        first[0][1:].split("@")[0].lower() if first and first[0].startswith("/") and len(first[0]) > 1 else ""
    )
