"""An answer on the stream while it is being written."""

import threading

import pytest

from chats import answering, conversations
from chats.api.tokens import hash_token, make_contact
from chats.inbox import receive_message
from chats.models import Conversation
from chats.redis import get_redis
from llm.reply import Reply

pytestmark = pytest.mark.django_db(transaction=True)
TOKEN = "a-visitor-of-the-site"


class Llm:
    """Stands in for the LLM: says what the test tells it to say, when the test tells it to."""

    def __init__(self, monkeypatch):
        self.reply = Reply(kind="answer", text="Здравствуйте! Чем помочь?")
        self.asked = threading.Event()
        self.may_finish = threading.Event()
        monkeypatch.setattr(answering, "compose_reply", self._compose)

    def say(self, text: str) -> None:
        self._on_delta(text)

    def take_back(self) -> None:
        self._on_retract()

    def _compose(self, request, *, on_delta=None, on_retract=None) -> Reply:
        self._on_delta, self._on_retract = on_delta, on_retract
        self.asked.set()
        assert self.may_finish.wait(20)
        return self.reply


@pytest.fixture
def llm(monkeypatch):
    return Llm(monkeypatch)


@pytest.fixture
def contact():
    return make_contact(hash_token(TOKEN))


@pytest.fixture
def answer(contact, llm):
    """A turn of the bot in a thread; the LLM has been asked, and has said nothing yet."""
    from django.db import connection

    conversation = receive_message(contact=contact, text="Здравствуйте").conversation

    def turn() -> None:
        try:
            answering.answer_conversation(conversation_id=conversation.pk)
        finally:
            connection.close()

    thread = threading.Thread(target=turn)
    thread.start()
    assert llm.asked.wait(10)
    yield thread
    llm.may_finish.set()
    thread.join(10)


def finish(llm: Llm, answer: threading.Thread) -> None:
    llm.may_finish.set()
    answer.join(10)
    assert not answer.is_alive()


def claim() -> Conversation:
    contact = make_contact(hash_token(TOKEN))
    waiting = conversations.call_human(contact=contact)
    return conversations.claim(conversation_id=waiting.pk, channel="operator", address="42", name="Анна")


@pytest.fixture(autouse=True)
def _operators_need_no_telegram(monkeypatch):
    monkeypatch.setattr("chats.outbox.deliver", lambda *_, **__: [])


def test_it_grows_before_the_eyes_and_ends_as_a_message(llm, answer, listen, eventually):
    visitor = listen(token=TOKEN, after=1)
    llm.say("Здравствуйте! ")
    llm.say("Чем помочь?")
    eventually(lambda: visitor.partial == "Здравствуйте! Чем помочь?")
    finish(llm, answer)
    eventually(lambda: visitor.seqs == [2])
    assert visitor.partial == ""


def test_that_the_bot_begins_is_shown(contact, llm, listen, eventually, request):
    visitor = listen(token=TOKEN)
    request.getfixturevalue("answer")
    eventually(lambda: visitor.named("typing") == [{"author": "bot"}])


def test_a_retracted_answer_disappears(llm, answer, listen, eventually):
    visitor = listen(token=TOKEN, after=1)
    llm.say("К сожалению, я всего лишь бот")
    llm.take_back()
    eventually(lambda: visitor.named("retract"))
    assert visitor.partial == ""


def test_whoever_comes_late_sees_it_from_the_start(llm, answer, listen, eventually):
    llm.say("Здравствуйте! ")
    llm.say("Чем ")
    visitor = listen(token=TOKEN, after=1)
    llm.say("помочь?")
    eventually(lambda: visitor.partial == "Здравствуйте! Чем помочь?")


def test_whoever_comes_after_the_end_sees_the_message_only(llm, answer, listen, eventually):
    llm.say("Здравствуйте! ")
    finish(llm, answer)
    visitor = listen(token=TOKEN, after=1)
    assert (visitor.seqs, visitor.named("delta")) == ([2], [])


def test_nothing_of_it_is_shown_once_an_operator_has_joined(llm, answer, listen, eventually):
    visitor = listen(token=TOKEN, after=1)
    llm.say("Здравствуйте! ")
    eventually(lambda: visitor.partial)
    claim()
    llm.say("Чем помочь?")
    finish(llm, answer)
    eventually(lambda: visitor.named("state")[-1]["state"] == "operator")
    receive_message(contact=make_contact(hash_token(TOKEN)), text="вы тут?")
    eventually(lambda: visitor.seqs[-1] == 4)
    joined = max(i for i, (name, data, _) in enumerate(visitor.events) if data.get("state") == "operator")
    assert not [name for name, _, _ in visitor.events[joined:] if name == "delta"]
    assert visitor.partial == ""
    assert "Чем помочь?" not in str(visitor.events)


def test_the_visitor_may_write_while_the_bot_does(contact, llm, answer, listen, eventually):
    visitor = listen(token=TOKEN, after=1)
    llm.say("Здравствуйте! ")
    receive_message(contact=contact, text="и ещё вопрос")
    llm.say("Чем помочь?")
    eventually(lambda: visitor.seqs == [2] and visitor.partial == "Здравствуйте! Чем помочь?")


def test_a_turn_that_was_taken_over_goes_silent(llm, answer, listen, eventually, contact):
    from chats.writing import Writing

    visitor = listen(token=TOKEN, after=1)
    llm.say("Первый говорит")
    eventually(lambda: visitor.partial == "Первый говорит")
    second = Writing(conversation=Conversation.objects.get(), contact=contact, turn="second")
    second.begin()
    second.add("Второй говорит")
    llm.say(" и говорит")
    second.add(" один")
    eventually(lambda: visitor.partial == "Второй говорит один")


def test_without_redis_the_answer_comes_whole(llm, answer, listen, eventually, monkeypatch):
    visitor = listen(token=TOKEN, after=1)
    get_redis().flushdb()
    llm.say("Здравствуйте! ")
    finish(llm, answer)
    eventually(lambda: visitor.seqs == [2])
    assert visitor.named("delta") == []


def test_a_new_conversation_after_the_last_one_is_told(contact, listen, eventually):
    conversation = claim()
    visitor = listen(token=TOKEN)
    conversations.close_by_operator(conversation_id=conversation.pk, channel="operator", address="42")
    eventually(lambda: visitor.named("state")[-1]["state"] == "closed")
    receive_message(contact=contact, text="Здравствуйте")
    eventually(lambda: visitor.named("state")[-1]["state"] == "bot")


def test_a_conversation_closed_without_a_word_is_told(contact, listen, eventually):
    conversation = receive_message(contact=contact, text="Здравствуйте").conversation
    visitor = listen(token=TOKEN)
    conversations.close(conversation_id=conversation.pk, by="reset")
    eventually(lambda: visitor.named("state")[-1]["state"] == "closed")


def test_the_place_in_the_queue_is_told(contact, listen, eventually):
    other = make_contact(hash_token("another-visitor-of-it"))
    first = conversations.call_human(contact=other)
    conversations.call_human(contact=contact)
    visitor = listen(token=TOKEN)
    assert visitor.named("state")[-1] == {"state": "waiting", "operator": None, "queue_position": 2}
    conversations.take_back(contact=other)
    assert first.state == "waiting"
    eventually(lambda: visitor.named("state")[-1]["queue_position"] == 1)
