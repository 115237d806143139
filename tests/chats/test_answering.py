"""The bot's turn: one answer for what was asked, and none once the bot may no longer speak."""

import uuid
from datetime import timedelta

import pytest
from django.utils import timezone

from chats import conversations, inbox, leases, sweeps
from chats.answering import ATTEMPTS, answer_conversation
from chats.models import Contact, Conversation, Message
from llm.reply import LLMUnavailable, Reply
from tests.chats.conftest import ANNA

pytestmark = pytest.mark.django_db
FAILED = "Не получилось ответить. Попробуйте, пожалуйста, ещё раз чуть позже."


def answer(conversation) -> Message | None:
    return answer_conversation(conversation_id=conversation.pk)


def said(conversation, *authors: str) -> list[str]:
    messages = Message.objects.filter(conversation=conversation).order_by("seq")
    return [message.text for message in messages if message.author in (authors or ("bot",))]


def fresh(conversation) -> Conversation:
    return Conversation.objects.get(pk=conversation.pk)


def test_what_the_visitor_asked_is_answered(with_bot, scripted_llm):
    message = answer(with_bot)
    assert (message.author, message.seq, message.text) == ("bot", 2, "Здравствуйте! Чем помочь?")


def test_a_second_hint_changes_nothing(with_bot, scripted_llm):
    answer(with_bot)
    assert answer(with_bot) is None
    assert len(scripted_llm.requests) == 1


def test_what_was_asked_before_the_answer_is_answered_together(visitor, with_bot, scripted_llm):
    inbox.receive_message(contact=visitor, text="А самовывоз?")
    answer(with_bot)
    assert scripted_llm.questions == [["Сколько стоит доставка?", "А самовывоз?"]]
    assert fresh(with_bot).answered_seq == 2


def test_more_than_the_window_of_history_is_answered_to_its_end(visitor, with_bot, scripted_llm, settings):
    settings.HISTORY_MESSAGES = 3
    for number in range(4):
        inbox.receive_message(contact=visitor, text=f"Ещё вопрос {number}")
    answer(with_bot)
    assert scripted_llm.questions == [["Ещё вопрос 1", "Ещё вопрос 2", "Ещё вопрос 3"]]
    assert fresh(with_bot).answered_seq == 5


def test_nobody_answers_while_an_operator_does(with_operator, visitor, scripted_llm):
    inbox.receive_message(contact=visitor, text="Вы тут?")
    assert answer(with_operator) is None
    assert scripted_llm.requests == []


def test_what_cannot_be_stored_is_left_out_of_an_answer(with_bot, scripted_llm):
    scripted_llm.reply = Reply(kind="answer", text="Доставка \x00стоит \ud83d300 ₽")
    assert answer(with_bot).text == "Доставка стоит 300 ₽"


def test_sources_and_the_offer_go_with_the_answer(with_bot, scripted_llm):
    sources = [{"title": "Доставка", "url": "https://shop.example/d"}]
    scripted_llm.reply = Reply(kind="answer", text="300 ₽", sources=sources, offer=True)
    assert answer(with_bot).meta == {"offer": True, "sources": sources}


@pytest.mark.parametrize("reason", ["model", "draft", "llm_failed", "budget"])
def test_a_draft_that_admits_defeat_is_never_shown(with_bot, scripted_llm, reason):
    scripted_llm.reply = Reply(kind="handoff", text="Я всего лишь бот", reason=reason, detail="не знаю")
    assert answer(with_bot) is None
    conversation = fresh(with_bot)
    assert (conversation.state, conversation.handoff_reason) == ("waiting", reason)
    assert conversation.draft == "Я всего лишь бот"
    assert said(with_bot, "bot", "system") == ["Переключаю на человека"]


def test_the_old_conversation_is_one_line_to_the_new_one(visitor, closed, scripted_llm):
    conversation = inbox.receive_message(contact=visitor, text="Вам можно верить?").conversation
    answer(conversation)
    (request,) = scripted_llm.requests
    assert request.previous_summary == "Сколько стоит доставка?"
    assert [turn.text for turn in request.turns] == ["Вам можно верить?"]


def test_an_old_call_for_a_human_does_not_fire_again(visitor, scripted_llm):
    conversation = inbox.receive_message(contact=visitor, text="Позовите оператора").conversation
    conversations.close(conversation_id=conversation.pk, by="idle")
    new = inbox.receive_message(contact=visitor, text="Сколько стоит доставка?").conversation
    assert answer(new).author == "bot"


class TestHandedBack:
    def test_what_the_operator_left_the_bot_answers(self, visitor, with_operator, scripted_llm):
        inbox.receive_operator_message(conversation_id=with_operator.pk, text="300 ₽", **ANNA)
        inbox.receive_message(contact=visitor, text="А самовывоз?")
        conversations.hand_back(conversation_id=with_operator.pk, **ANNA)
        assert answer(with_operator) is not None
        assert scripted_llm.requests[0].turns[-1].text == "А самовывоз?"

    def test_what_the_operator_has_answered_it_does_not(self, visitor, with_operator, scripted_llm):
        inbox.receive_message(contact=visitor, text="А самовывоз?")
        inbox.receive_operator_message(conversation_id=with_operator.pk, text="Бесплатно", **ANNA)
        conversations.hand_back(conversation_id=with_operator.pk, **ANNA)
        assert answer(with_operator) is None

    def test_the_bot_is_told_at_once(self, visitor, with_operator, hinted):
        inbox.receive_message(contact=visitor, text="А самовывоз?")
        with hinted as hints:
            conversations.hand_back(conversation_id=with_operator.pk, **ANNA)
        assert ("chats.answer_conversation", [with_operator.pk]) in hints

    def test_what_was_written_while_waiting_is_answered_when_the_call_is_taken_back(
        self, visitor, waiting, hinted, scripted_llm
    ):
        inbox.receive_message(contact=visitor, text="Ладно, сколько стоит самовывоз?")
        with hinted as hints:
            conversations.take_back(contact=visitor)
        assert ("chats.answer_conversation", [waiting.pk]) in hints
        assert answer(waiting) is not None

    def test_what_was_asked_before_the_button_is_answered_when_the_call_is_taken_back(
        self, visitor, with_bot, hinted, scripted_llm
    ):
        conversations.call_human(contact=visitor)
        with hinted as hints:
            conversations.take_back(contact=visitor)
        assert ("chats.answer_conversation", [with_bot.pk]) in hints
        assert answer(with_bot) is not None

    def test_the_calls_that_were_taken_back_are_not_heard_again(self, visitor, waiting, scripted_llm):
        inbox.receive_message(contact=visitor, text="Позовите оператора!")
        conversations.take_back(contact=visitor)
        assert answer(waiting) is None
        assert fresh(waiting).state == "bot"

    def test_with_nothing_left_to_answer_nobody_is_told(self, visitor, hinted):
        called = inbox.receive_message(contact=visitor, text="Позовите оператора").conversation
        with hinted as hints:
            conversations.take_back(contact=visitor)
        assert ("chats.answer_conversation", [called.pk]) not in hints


class TestTooLate:
    pytestmark = pytest.mark.django_db(transaction=True)

    @pytest.fixture
    def thinking(self, with_bot, scripted_llm, background):
        """The LLM has been asked and thinks."""
        scripted_llm.hesitate()
        turn = background.start(answer, with_bot)
        assert scripted_llm.asked.wait(10)
        return turn

    def test_an_answer_after_a_claim_is_not_shown(self, visitor, with_bot, thinking, scripted_llm):
        conversations.call_human(contact=visitor)
        conversations.claim(conversation_id=with_bot.pk, name="Анна", **ANNA)
        scripted_llm.go_on()
        assert thinking.result(10) is None
        assert said(with_bot) == []

    def test_it_is_kept_for_the_operator(self, visitor, with_bot, thinking, scripted_llm):
        conversations.call_human(contact=visitor)
        conversations.claim(conversation_id=with_bot.pk, name="Анна", **ANNA)
        scripted_llm.go_on()
        thinking.result(10)
        assert fresh(with_bot).draft == "Здравствуйте! Чем помочь?"

    def test_it_takes_no_seq(self, visitor, with_bot, thinking, scripted_llm):
        conversations.call_human(contact=visitor)
        before = Contact.objects.get(pk=visitor.pk).last_seq
        scripted_llm.go_on()
        thinking.result(10)
        assert Contact.objects.get(pk=visitor.pk).last_seq == before

    def test_not_even_when_the_conversation_has_come_back_to_the_bot(
        self, visitor, with_bot, thinking, scripted_llm
    ):
        conversations.call_human(contact=visitor)
        conversations.take_back(contact=visitor)
        scripted_llm.go_on()
        thinking.result(10)
        assert said(with_bot) == []

    def test_a_late_handoff_does_not_call_a_second_time(self, visitor, with_bot, thinking, scripted_llm):
        scripted_llm.reply = Reply(kind="handoff", text="", reason="model")
        conversations.call_human(contact=visitor)
        scripted_llm.go_on()
        thinking.result(10)
        assert said(with_bot, "system") == ["Переключаю на человека"]

    def test_an_empty_draft_does_not_replace_one(self, visitor, with_bot, thinking, scripted_llm):
        scripted_llm.reply = Reply(kind="handoff", text="", reason="llm_failed")
        conversations.call_human(contact=visitor)
        Conversation.objects.filter(pk=with_bot.pk).update(draft="то, что бот хотел сказать раньше")
        scripted_llm.go_on()
        thinking.result(10)
        assert fresh(with_bot).draft == "то, что бот хотел сказать раньше"

    def test_what_comes_while_answering_is_answered_next_together(
        self, visitor, with_bot, thinking, scripted_llm, hinted
    ):
        inbox.receive_message(contact=visitor, text="А самовывоз?")
        inbox.receive_message(contact=visitor, text="А возврат?")
        scripted_llm.go_on()
        thinking.result(10)
        answer(with_bot)
        assert scripted_llm.questions[1][-2:] == ["А самовывоз?", "А возврат?"]
        assert len(said(with_bot)) == 2
        assert answer(with_bot) is None

    def test_of_two_workers_one_answers(self, with_bot, thinking, scripted_llm, background):
        others = background.at_once(*[lambda: answer(with_bot)] * 4)
        scripted_llm.go_on()
        assert (others, thinking.result(10).author) == ([None] * 4, "bot")
        assert len(scripted_llm.requests) == 1

    def test_two_workers_that_begin_together_give_one_answer(self, with_bot, scripted_llm, background):
        answers = background.at_once(*[lambda: answer(with_bot)] * 8)
        assert sum(message is not None for message in answers) == 1
        assert len(said(with_bot)) == 1

    def test_a_worker_whose_lease_has_run_out_may_not_speak(self, with_bot, thinking, scripted_llm):
        Conversation.objects.filter(pk=with_bot.pk).update(lease_until=timezone.now() - timedelta(seconds=1))
        first_may_finish, scripted_llm.may_finish = scripted_llm.may_finish, type(scripted_llm.may_finish)()
        scripted_llm.go_on()
        assert answer(with_bot).author == "bot"
        first_may_finish.set()
        assert thinking.result(10) is None
        assert len(said(with_bot)) == 1


class TestLease:
    def test_a_dead_worker_is_relieved(self, with_bot, scripted_llm):
        dead = timezone.now() - timedelta(seconds=1)
        Conversation.objects.filter(pk=with_bot.pk).update(lease_until=dead, lease_token="0" * 32, attempts=1)
        assert answer(with_bot).author == "bot"

    def test_a_living_one_is_not(self, with_bot, scripted_llm):
        Conversation.objects.filter(pk=with_bot.pk).update(
            lease_until=leases.lease_end(), lease_token="0" * 32
        )
        assert answer(with_bot) is None

    def test_it_is_renewed_while_the_llm_thinks(self, with_bot, scripted_llm, monkeypatch):
        renewed = []

        def look(request, **_):
            before = fresh(with_bot).lease_until
            leases.renew(dict(leases._held))
            renewed.append(fresh(with_bot).lease_until > before)
            return scripted_llm.reply

        monkeypatch.setattr("chats.answering.compose_reply", look)
        answer(with_bot)
        assert renewed == [True]

    def test_one_that_another_has_taken_is_not_renewed(self, with_bot):
        taken = timezone.now() + timedelta(seconds=3)
        Conversation.objects.filter(pk=with_bot.pk).update(lease_until=taken, lease_token="1" * 32)
        leases.renew({"0" * 32: (Conversation, with_bot.pk)})
        assert fresh(with_bot).lease_until == taken

    def test_a_process_on_its_way_out_gives_back_what_it_holds(self, with_bot):
        token = uuid.uuid4()
        Conversation.objects.filter(pk=with_bot.pk).update(lease_until=leases.lease_end(), lease_token=token)
        with leases.kept(with_bot, token):
            assert leases.release_all() == 1
        assert fresh(with_bot).lease_until is None


class TestFailure:
    @pytest.fixture
    def api_conversation(self, db):
        contact = Contact.objects.create(channel="api", external_id="x")
        return inbox.receive_message(contact=contact, text="Сколько стоит доставка?").conversation

    def fail(self, conversation, times: int) -> None:
        for _ in range(times):
            Conversation.objects.filter(pk=conversation.pk).update(next_attempt_at=None)
            answer(conversation)

    def test_it_is_tried_again_later(self, api_conversation, scripted_llm):
        scripted_llm.reply = LLMUnavailable("no connection")
        self.fail(api_conversation, 1)
        conversation = fresh(api_conversation)
        assert conversation.next_attempt_at > timezone.now()
        assert (conversation.lease_until, said(conversation, "system")) == (None, [])

    def test_not_before_its_time(self, api_conversation, scripted_llm):
        scripted_llm.reply = LLMUnavailable("no connection")
        self.fail(api_conversation, 1)
        assert answer(api_conversation) is None
        assert len(scripted_llm.requests) == 1

    def test_after_the_last_attempt_the_visitor_is_told(self, api_conversation, scripted_llm):
        scripted_llm.reply = LLMUnavailable("no connection")
        self.fail(api_conversation, ATTEMPTS)
        assert said(api_conversation, "system") == [FAILED]
        assert answer(api_conversation) is None

    def test_the_attempts_of_one_question_do_not_count_for_the_next(self, api_conversation, scripted_llm):
        scripted_llm.replies = [LLMUnavailable("no connection")]
        self.fail(api_conversation, 2)
        assert fresh(api_conversation).attempts == 0

    def test_an_error_nobody_thought_of_is_a_failure_like_any_other(self, api_conversation, scripted_llm):
        scripted_llm.reply = RuntimeError("a bug")
        self.fail(api_conversation, ATTEMPTS)
        assert said(api_conversation, "system") == [FAILED]

    def test_where_there_are_humans_it_calls_one_in_the_end(self, with_bot, scripted_llm):
        scripted_llm.reply = RuntimeError("a bug")
        self.fail(with_bot, ATTEMPTS)
        conversation = fresh(with_bot)
        assert (conversation.state, conversation.handoff_reason) == ("waiting", "llm_failed")

    def test_a_worker_that_died_each_time_does_not_try_for_ever(self, with_bot, scripted_llm):
        Conversation.objects.filter(pk=with_bot.pk).update(attempts=ATTEMPTS)
        scripted_llm.reply = RuntimeError("a bug")
        answer(with_bot)
        assert fresh(with_bot).state == "waiting"


class TestSweep:
    def test_it_finds_what_a_lost_hint_left(self, with_bot, hinted):
        with hinted as hints:
            sweeps.sweep()
        assert hints == [("chats.answer_conversation", [with_bot.pk])]

    def test_it_leaves_alone_what_somebody_answers(self, with_bot, hinted):
        Conversation.objects.filter(pk=with_bot.pk).update(lease_until=leases.lease_end())
        with hinted as hints:
            sweeps.sweep()
        assert hints == []

    def test_and_what_is_answered(self, with_bot, hinted, scripted_llm):
        answer(with_bot)
        with hinted as hints:
            sweeps.sweep()
        assert hints == []

    def test_it_adds_nothing_to_a_long_queue(self, with_bot, hinted, monkeypatch):
        monkeypatch.setattr(sweeps, "BATCH", 0)
        with hinted as hints:
            sweeps.sweep()
        assert hints == []

    def test_what_is_idle_for_long_is_closed(self, with_bot, settings):
        settings.IDLE_CLOSE_HOURS = 1
        Conversation.objects.update(last_activity_at=timezone.now() - timedelta(hours=2), answered_seq=1)
        assert sweeps.close_idle() == 1
        assert fresh(with_bot).state == "closed"

    def test_whoever_is_owed_an_answer_is_kept(self, with_bot):
        Conversation.objects.update(last_activity_at=timezone.now() - timedelta(days=20))
        assert sweeps.close_idle() == 0

    def test_a_clock_that_jumped_a_week_ahead_closes_nothing(self, with_bot, monkeypatch):
        Conversation.objects.update(answered_seq=1)
        ahead = timezone.now() + timedelta(days=7)
        monkeypatch.setattr(timezone, "now", lambda: ahead)
        assert sweeps.close_idle() == 0

    def test_of_sweeps_that_have_piled_up_one_is_enough(self):
        assert [sweeps.takes_turn("engine") for _ in range(3)] == [True, False, False]

    def test_whoever_waits_for_a_person_is_kept(self, waiting):
        Conversation.objects.update(last_activity_at=timezone.now() - timedelta(days=20))
        assert sweeps.close_idle() == 0
