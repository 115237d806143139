"""The commands of approved operators. One about a conversation finds it as a text does: by reply, or the current."""

from collections.abc import Callable

from telegram import Message

from chats.models import Conversation
from operators import claims, duty, routing
from operators.claims import NotHeld
from operators.focus import held_by
from operators.models import Operator
from operators.queries import with_unanswered
from operators.screen import new_key
from telegram_bot.bots import operators_buttons
from telegram_bot.bots.operators_render import title
from telegram_bot.bots.operators_reply import reply, reply_target, send
from telegram_bot.bots.operators_screen import TelegramScreen
from telegram_bot.bots.texts_operators import Html, list_commands, say, say_duration, say_reason


def start(operator: Operator, message: Message) -> None:
    """/start: on duty, for whoever is approved."""
    try:
        duty.go_on_duty(operator_id=operator.pk)
    except duty.NotApproved:
        key = "no_access" if operator.approved_at else "registered"
        reply(operator, key, message.message_id, name=operator.name)


def run(command: str, operator: Operator, message: Message) -> None:
    """Any other command of an approved operator."""
    if command in ACTIONS:
        _on_conversation(command, operator, message)
    else:
        _COMMANDS.get(command, _unknown)(operator, message)


def show_history(*, operator_id: int, conversation_id: int) -> Conversation:
    """Sends the transcript again. Raises NotHeld."""
    operator = Operator.objects.get(pk=operator_id)
    conversation = held_by(operator).filter(pk=conversation_id).first()
    if conversation is None:
        raise NotHeld(conversation_id)
    TelegramScreen().show_transcript(operator, conversation, key=new_key("history"))
    return conversation


#: What can be done with a conversation that is held; also the actions of buttons.
ACTIONS: dict[str, Callable[..., Conversation]] = {
    "finish": claims.finish,
    "close": claims.finish,
    "bot": claims.hand_back,
    "transfer": claims.transfer,
    "history": show_history,
}


def _on_conversation(command: str, operator: Operator, message: Message) -> None:
    addressee = routing.find_addressee(operator, source_id=message.message_id, reply_to=reply_target(message))
    if addressee.conversation:
        try:
            ACTIONS[command](operator_id=operator.pk, conversation_id=addressee.conversation.pk)
        except NotHeld:
            reply(operator, "not_held_plain", message.message_id)
    elif addressee.candidates:
        action = "finish" if command == "close" else command
        choice = operators_buttons.conversations(addressee.candidates, action)
        reply(operator, f"which_{action}", message.message_id, buttons=choice)
    else:
        reply(operator, "no_chats", message.message_id)


def _off(operator: Operator, message: Message) -> None:
    held = held_by(operator).count()
    if held:
        sure = operators_buttons.leave_or_stay(operator.language)
        reply(operator, "confirm_off", message.message_id, buttons=sure, count=held)
    elif duty.go_off_duty(operator_id=operator.pk) is None:
        reply(operator, "not_on_duty", message.message_id)


def _chats(operator: Operator, message: Message) -> None:
    held = list(with_unanswered(held_by(operator)))
    if not held:
        reply(operator, "no_chats", message.message_id)
        return
    lines = [say("chats", operator.language), *(_chat_line(operator, conversation) for conversation in held)]
    choice = operators_buttons.conversations(held, "to")
    send(operator, "\n".join(lines), f"chats:{message.message_id}", buttons=choice)


def _chat_line(operator: Operator, conversation: Conversation) -> str:
    unread = (
        say("unread", operator.language, count=conversation.unanswered) if conversation.unanswered else ""
    )
    return say(
        "chat_line",
        operator.language,
        mark="▸" if conversation.pk == operator.current_conversation_id else "•",
        title=title(conversation, operator.language),
        unread=Html(unread),
    )


def _queue(operator: Operator, message: Message) -> None:
    language = operator.language
    waiting = Conversation.objects.waiting().select_related("contact")
    count, first = waiting.count(), list(waiting[: operators_buttons.LISTED])
    if not first:
        reply(operator, "queue_empty", message.message_id)
        return
    lines = [say("queue", language, count=count)]
    lines += [
        say(
            "queue_line",
            language,
            title=title(conversation, language),
            waited=say_duration(conversation.waited.total_seconds(), language),
            reason=say_reason(conversation.handoff_reason, language),
        )
        for conversation in first
    ]
    if count > len(first):
        lines.append(say("queue_more", language, count=count - len(first)))
    choice = operators_buttons.conversations(first, "claim")
    send(operator, "\n".join(lines), f"queue:{message.message_id}", buttons=choice)


def _help(operator: Operator, message: Message) -> None:
    reply(operator, "help", message.message_id, commands=list_commands(operator.language))


def _unknown(operator: Operator, message: Message) -> None:
    reply(operator, "unknown_command", message.message_id, commands=list_commands(operator.language))


_COMMANDS: dict[str, Callable[[Operator, Message], None]] = {
    "off": _off,
    "chats": _chats,
    "queue": _queue,
    "help": _help,
}
