"""The conversation as a machine of states, against a real PostgreSQL: whoever does whatever in whatever order."""

from datetime import timedelta

import pytest
from django.db import connection
from django.db.models import Q
from django.utils import timezone
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from chats import answering, conversations, inbox, sweeps
from chats.conversations import ConversationConflict
from chats.models import Contact, Conversation, Message
from llm.reply import Reply
from operators.claims import NotHeld, NotOnDuty, NotWaiting, claim_handoff, finish, hand_back, transfer
from operators.duty import approve, go_off_duty, go_on_duty, register
from operators.models import Handoff, Operator
from operators.queue import sync_handoff
from tests.fuzz.budget import bounded

pytestmark = pytest.mark.django_db(transaction=True)
State, Author = Conversation.State, Message.Author
MANY = st.integers(0, 1)
# What is done while the bot is thinking: its answer is late, or just in time
MEANWHILE = ["nothing", "visitor writes", "visitor asks", "claimed", "closed", "taken back"]


class Desk(RuleBasedStateMachine):
    """One visitor, two operators, a bot. The rules do; the invariants look at what stands in the database."""

    llm = None  # the scripted LLM of the test
    begun = 0  # examples

    @initialize()
    def open_the_desk(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute("TRUNCATE chats_contact, operators_operator CASCADE")
        Desk.begun += 1
        self.contact = Contact.objects.create(channel="web", external_id="v" * 64)
        self.operators = [register(telegram_id=n, chat_id=n, name=f"О{n}", language="ru") for n in (1, 2)]
        approve(operator_ids=[operator.pk for operator in self.operators])
        for operator in self.operators:
            go_on_duty(operator_id=operator.pk)
        self.epochs: dict[int, int] = {}
        self.answered: dict[int, tuple[int, int]] = {}
        self.said = 0

    # --- what people do

    @rule(asks=st.sampled_from(["Сколько стоит доставка?", "Спасибо", "Позовите оператора"]))
    def visitor_writes(self, asks: str) -> None:
        inbox.receive_message(contact=self.contact, text=asks)

    @rule()
    def visitor_asks_for_a_human(self) -> None:
        conversations.call_human(contact=self.contact)

    @rule()
    def visitor_takes_it_back(self) -> None:
        self._try(lambda: conversations.take_back(contact=self.contact))

    @precondition(lambda self: self._current())
    @rule(who=MANY)
    def operator_claims(self, who: int) -> None:
        before = self._current()
        won = self._try(lambda: claim_handoff(operator_id=self.operators[who].pk, conversation_id=before.pk))
        on_duty = Operator.objects.get(pk=self.operators[who].pk).on_duty
        assert won is (before.state == State.WAITING and on_duty)

    @precondition(lambda self: self._current())
    @rule(who=MANY, act=st.sampled_from([finish, hand_back, transfer]))
    def operator_lets_go(self, who: int, act) -> None:
        before, operator = self._current(), self.operators[who]
        done = self._try(lambda: act(operator_id=operator.pk, conversation_id=before.pk))
        assert done is (before.state == State.OPERATOR and before.operator_address == operator.address)

    @precondition(lambda self: self._current())
    @rule(who=MANY)
    def operator_writes(self, who: int) -> None:
        before, operator = self._current(), self.operators[who]
        end = {"channel": "operator", "address": operator.address}
        said = self._try(
            lambda: inbox.receive_operator_message(conversation_id=before.pk, text="Здравствуйте", **end)
        )
        assert said is (before.state == State.OPERATOR and before.operator_address == operator.address)

    @rule(who=MANY)
    def operator_goes_or_comes(self, who: int) -> None:
        operator = Operator.objects.get(pk=self.operators[who].pk)
        (go_off_duty if operator.on_duty else go_on_duty)(operator_id=operator.pk)

    # --- what the machines do

    @precondition(lambda self: self._current())
    @rule(
        meanwhile=st.sampled_from(MEANWHILE), who=MANY, reply=st.sampled_from(["answer", "answer", "handoff"])
    )
    def bot_answers(self, meanwhile: str, who: int, reply: str) -> None:
        before = self._current()
        self.llm.reply = Reply(
            kind=reply, text=f"Ответ {self.said}", reason="draft" if reply == "handoff" else ""
        )
        self.llm.meanwhile = lambda: self._meanwhile(meanwhile, before, who)
        self.said += 1
        answer = answering.answer_conversation(conversation_id=before.pk)
        if answer is not None:
            assert before.state == State.BOT
            assert meanwhile not in {"visitor asks", "claimed", "closed"}, (
                "the bot spoke where it may no longer"
            )

    @precondition(lambda self: self._current())
    @rule()
    def desk_syncs(self) -> None:
        sync_handoff(conversation_id=self._current().pk)

    @rule()
    def silence_closes_it(self) -> None:
        Conversation.objects.open().update(last_activity_at=timezone.now() - timedelta(days=30))
        sweeps.close_idle()
        kept = Conversation.OWED | Q(
            state=State.WAITING
        )  # who waits for an answer or a person is not sent away
        assert not Conversation.objects.open().exclude(kept).exists()

    # --- what always holds

    @invariant()
    def seq_has_no_holes(self) -> None:
        if hasattr(self, "contact"):
            seqs = Message.objects.filter(contact=self.contact).order_by("seq").values_list("seq", flat=True)
            last = Contact.objects.get(pk=self.contact.pk).last_seq
            assert list(seqs) == list(range(1, last + 1))

    @invariant()
    def at_most_one_is_open(self) -> None:
        assert Conversation.objects.open().count() <= 1
        assert (
            Handoff.objects.open().values("conversation").distinct().count() == Handoff.objects.open().count()
        )

    @invariant()
    def epoch_and_answered_only_grow(self) -> None:
        for conversation in Conversation.objects.all() if hasattr(self, "epochs") else []:
            known = self.epochs.get(conversation.pk, 0)
            assert conversation.epoch >= known
            assert conversation.answered_seq <= conversation.visitor_seq
            self.epochs[conversation.pk] = conversation.epoch

    @invariant()
    def an_operators_end_is_there_while_an_operator_answers(self) -> None:
        for conversation in Conversation.objects.all():
            assert (conversation.state == State.OPERATOR) is bool(conversation.operator_address)

    @invariant()
    def nobody_speaks_out_of_turn(self) -> None:
        """Between a claim and its end no bot speaks, and an operator only there."""
        claimed = False
        for message in Message.objects.order_by("contact", "seq"):
            notice = message.meta.get("notice")
            if notice == "operator_joined":
                claimed = True
            elif notice in {"operator_left", "transferred", "closed"}:
                claimed = False
            assert not (claimed and message.author == Author.BOT), f"the bot speaks after a claim: {message}"
            assert claimed or message.author != Author.OPERATOR, f"an operator without a claim: {message}"

    # --- the tools

    def _current(self) -> Conversation | None:
        return Conversation.objects.filter(contact=self.contact).order_by("-pk").first()

    def _meanwhile(self, what: str, conversation: Conversation, who: int) -> None:
        if what == "visitor writes":
            self.visitor_writes(asks="И ещё вопрос")
        elif what == "visitor asks":
            self.visitor_asks_for_a_human()
        elif what == "taken back":
            self.visitor_asks_for_a_human()
            self.visitor_takes_it_back()
        elif what == "claimed":
            self.visitor_asks_for_a_human()
            self._try(
                lambda: claim_handoff(operator_id=self.operators[who].pk, conversation_id=conversation.pk)
            )
        elif what == "closed":
            self._try(lambda: conversations.close(conversation_id=conversation.pk, by="idle"))

    @staticmethod
    def _try(act) -> bool:
        """Did it work? Being refused, because somebody was faster or it is not theirs, is as good."""
        try:
            act()
        except (ConversationConflict, NotHeld, NotWaiting, NotOnDuty):
            return False
        return True


class ThinkingLlm:
    """Answers `reply`, and lets something happen while it thinks."""

    def __init__(self) -> None:
        self.reply, self.meanwhile = Reply(kind="answer", text="Да"), lambda: None

    def compose_reply(self, request, **callbacks) -> Reply:
        """As llm.reply.compose_reply."""
        self.meanwhile()
        return self.reply


def test_whoever_does_whatever_the_conversation_stays_whole(monkeypatch, record_property):
    Desk.llm, Desk.begun = ThinkingLlm(), 0
    monkeypatch.setattr(answering, "compose_reply", Desk.llm.compose_reply)
    monkeypatch.setattr("chats.hints._send", lambda *args, **kwargs: None)
    run_state_machine_as_test(Desk, settings=bounded(12, stateful_step_count=25))
    record_property("tried", f"{Desk.begun} passing, 0 failing, and 0 invalid test cases")
