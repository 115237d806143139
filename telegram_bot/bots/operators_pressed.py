"""What the buttons of the operator bot do. What they carry can be forged: every right is checked again here."""

from dataclasses import dataclass, field

from telegram import CallbackQuery

from operators import claims, duty, routing
from operators.models import Operator
from operators.routing import Verdict
from telegram_bot import outgoing
from telegram_bot.bots import operators_buttons
from telegram_bot.bots.operators_buttons import Pressed
from telegram_bot.bots.operators_commands import ACTIONS
from telegram_bot.bots.texts_operators import say_plain

BOT = "operators"


@dataclass(frozen=True, slots=True)
class Answer:
    """What the person who pressed is told: the key of a text ("" for nothing), in a window where it is an `alert`."""

    text_key: str
    alert: bool = False
    values: dict = field(default_factory=dict)

    def words(self, language: str) -> str:
        """The text in that language."""
        return say_plain(self.text_key, language, **self.values) if self.text_key else ""


def press(operator: Operator, query: CallbackQuery) -> Answer:
    """Does what an approved operator's button says."""
    pressed = operators_buttons.read(query.data)
    if pressed is None:
        return Answer("dead_button", alert=True)
    if pressed.action == "claim":
        return _claim(operator, pressed)
    if pressed.action == "to":
        return _switch(operator, pressed)
    if pressed.action == "send":
        return _send(operator, pressed)
    answer = _leave(operator, pressed) if pressed.action == "off" else _act(operator, pressed)
    if query.message and pressed.action != "history":
        outgoing.edit_buttons(
            bot=BOT,
            chat_id=query.message.chat.id,
            message_id=query.message.message_id,
            dedupe_key=f"operators:pressed:{query.id}",
        )
    return answer


def _claim(operator: Operator, pressed: Pressed) -> Answer:
    try:
        claims.claim_handoff(operator_id=operator.pk, conversation_id=pressed.number)
    except claims.NotOnDuty:
        return Answer("off_duty_claim", alert=True)
    except claims.NotWaiting as error:
        if error.holder:
            return Answer("taken_by", alert=True, values={"name": error.holder})
        return Answer("not_waiting", alert=True)
    return Answer("claimed", values={"number": pressed.number})


def _switch(operator: Operator, pressed: Pressed) -> Answer:
    routed = routing.switch_to(operator=operator, conversation_id=pressed.number)
    if routed.verdict == Verdict.NOT_HELD:
        return Answer("not_held_plain", alert=True)
    return Answer("switched", values={"number": pressed.number})


def _send(operator: Operator, pressed: Pressed) -> Answer:
    if pressed.conversation_id:
        routed = routing.send_held(
            operator=operator, text_id=pressed.number, conversation_id=pressed.conversation_id
        )
    else:
        routed = routing.drop_held(operator=operator, text_id=pressed.number)
    match routed.verdict:
        case Verdict.SENT:
            return Answer("pressed_sent")
        case Verdict.DROPPED:
            return Answer("pressed_dropped")
        case Verdict.EXPIRED:
            return Answer("pressed_expired", alert=True)
    return Answer("not_held_plain", alert=True)


def _leave(operator: Operator, pressed: Pressed) -> Answer:
    if pressed.number == 0:
        return Answer("stays")
    return Answer("" if duty.go_off_duty(operator_id=operator.pk) is not None else "off_duty_claim")


def _act(operator: Operator, pressed: Pressed) -> Answer:
    try:
        ACTIONS[pressed.action](operator_id=operator.pk, conversation_id=pressed.number)
    except claims.NotHeld:
        return Answer("not_held_plain", alert=True)
    return Answer("")
