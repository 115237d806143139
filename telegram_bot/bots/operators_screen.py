"""What the desk shows to its operators in Telegram (operators.screen.Screen)."""

from chats.models import Conversation
from operators.focus import held_by
from operators.models import Card, Handoff, Operator, OperatorText
from telegram_bot import outgoing
from telegram_bot.bots import operators_buttons as buttons
from telegram_bot.bots.operators_render import card_text, title, transcript
from telegram_bot.bots.texts_operators import Html, say, say_plain

BOT = "operators"


class TelegramScreen:
    """Every method stores deliveries of the operator bot; see operators.screen for what they mean."""

    def offer(self, card: Card, *, reminder: bool = False) -> None:
        conversation, operator = card.handoff.conversation, card.operator
        outgoing.send_text(
            bot=BOT,
            chat_id=operator.chat_id,
            text=card_text(card, reminder=reminder),
            buttons=buttons.claim(conversation, operator.language),
            dedupe_key=card.delivery_key,
            conversation_id=conversation.pk,
            html=True,
        )

    def renew(self, card: Card) -> None:
        self._edit(
            card.delivery_key,
            card_text(card),
            f"{card.delivery_key}:renewed",
            buttons.claim(card.handoff.conversation, card.operator.language),
        )

    def withdraw(self, card: Card, *, why: str, name: str = "") -> None:
        language = card.operator.language
        text = say(f"gone_{why}", language, title=title(card.handoff.conversation, language), name=name)
        self._edit(card.delivery_key, text, f"{card.delivery_key}:gone")

    def welcome(self, operator: Operator, handoff: Handoff, *, key: str) -> None:
        conversation, language = handoff.conversation, operator.language
        username = conversation.contact.username
        self._send(
            operator,
            "welcome",
            key,
            conversation,
            username=f" @{username}" if username else "",
            name=operator.name,
        )
        self.show_transcript(operator, conversation, key=key)
        if conversation.draft:
            text = say("draft", language, draft=conversation.draft)
            self._send_html(operator, text, f"{key}:draft", conversation)

    def show_transcript(self, operator: Operator, conversation: Conversation, *, key: str) -> None:
        """The transcript, in messages, or its end and the whole as a file."""
        text, whole = transcript(conversation, operator.language)
        self._send_html(operator, text, f"{key}:transcript", conversation)
        if whole:
            outgoing.send_document(
                bot=BOT,
                chat_id=operator.chat_id,
                filename=f"dialog-{conversation.pk}.txt",
                content=whole,
                caption=say_plain("transcript_file", operator.language, number=conversation.pk),
                dedupe_key=f"{key}:file",
                conversation_id=conversation.pk,
            )

    def announce_current(self, operator: Operator, conversation: Conversation, *, key: str) -> None:
        self._send(operator, "current", key, conversation)

    def left(
        self,
        operator: Operator,
        conversation: Conversation,
        *,
        outcome: str,
        current: Conversation | None,
        key: str,
    ) -> None:
        language = operator.language
        done = say(f"left_{outcome}", language, title=title(conversation, language))
        if current:
            now = say("now_current", language, title=title(current, language))
            self._send_html(operator, f"{done}\n{now}", key)
        else:
            self._send_with_choice(operator, done, key)

    def lost(self, operator: Operator, conversation: Conversation, *, outcome: str, key: str) -> None:
        text = say(f"lost_{outcome}", operator.language, title=title(conversation, operator.language))
        if held_by(operator).filter(pk=operator.current_conversation_id).exists():
            self._send_html(operator, text, key)
        else:
            self._send_with_choice(operator, text, key)

    def ask_addressee(self, text: OperatorText, conversations: list[Conversation], *, key: str) -> None:
        operator = text.operator
        outgoing.send_text(
            bot=BOT,
            chat_id=operator.chat_id,
            text=say("ask", operator.language),
            buttons=buttons.addressees(text, conversations, operator.language),
            dedupe_key=key,
            reply_to=text.source_id,
            html=True,
        )

    def settle_ask(self, text: OperatorText) -> None:
        language = text.operator.language
        about = title(text.conversation, language) if text.conversation else ""
        self._edit(text.ask_key, say(f"ask_{text.state}", language, title=about), f"{text.ask_key}:settled")

    def approved(self, operator: Operator, *, key: str) -> None:
        self._send(operator, "approved", key)

    def on_duty(self, operator: Operator, *, waiting: int, key: str) -> None:
        language = operator.language
        wait = say("so_many_wait", language, count=waiting) if waiting else say("nobody_waits", language)
        self._send(operator, "on_duty", key, waiting=Html(wait))

    def off_duty(self, operator: Operator, *, why: str, passed_on: int, key: str) -> None:
        if why == "unreachable":
            return
        language = operator.language
        passed = say("passed_on", language, count=passed_on) if passed_on else ""
        self._send(operator, "dismissed" if why == "dismissed" else "off_duty", key, passed_on=Html(passed))

    def undelivered(
        self, operator: Operator, conversation: Conversation, *, text: str, error: str, key: str
    ) -> None:
        blocked = "blocked" in error.lower() or "deactivated" in error.lower()
        why = say("undelivered_blocked" if blocked else "undelivered_other", operator.language, error=error)
        self._send(operator, "undelivered", key, conversation, why=Html(why), text=_quote(text))

    def _send(
        self, operator: Operator, text_key: str, key: str, conversation: Conversation | None = None, **values
    ) -> None:
        """Sends a text; one about a conversation belongs to it, so that it can be replied to."""
        if conversation:
            values["title"] = title(conversation, operator.language)
        self._send_html(operator, say(text_key, operator.language, **values), key, conversation)

    def _send_with_choice(self, operator: Operator, text: str, key: str) -> None:
        """Sends a text, with the operator's conversations to choose the current one from."""
        held = list(held_by(operator))
        more = say("choose_current" if held else "no_chats_left", operator.language)
        outgoing.send_text(
            bot=BOT,
            chat_id=operator.chat_id,
            text=f"{text}\n{more}",
            buttons=buttons.conversations(held, "to"),
            dedupe_key=key,
            html=True,
        )

    def _send_html(
        self, operator: Operator, text: str, key: str, conversation: Conversation | None = None
    ) -> None:
        outgoing.send_text(
            bot=BOT,
            chat_id=operator.chat_id,
            text=text,
            dedupe_key=key,
            conversation_id=conversation and conversation.pk,
            html=True,
        )

    def _edit(self, delivery_key: str, text: str, key: str, rows: outgoing.Buttons | None = None) -> None:
        outgoing.edit_text(
            bot=BOT, delivery_key=delivery_key, text=text, dedupe_key=key, buttons=rows, html=True
        )


def _quote(text: str) -> str:
    return text if len(text) <= 300 else f"{text[:299]}…"
