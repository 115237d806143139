"""What the operations beside the widget's door cost in queries; tests/chats/test_polling.py has the door itself.

Each number is a decision: who makes it larger says why.
"""

import pytest

from chats import conversations, inbox, outbox
from chats.answering import answer_conversation
from chats.models import Delivery
from chats.realtime.catching_up import read_news
from chats.sweeps import sweep
from llm.knowledge.search import search_knowledge
from tests.chats.conftest import ANNA

pytestmark = pytest.mark.django_db

FRAME = 2  # a test's own transaction turns an operation's into a savepoint and its release


@pytest.mark.parametrize(
    ("operation", "count"),
    [
        # contact, seq, conversation twice, message; a fact for analytics where it is one
        (conversations.hand_back, FRAME + 5),
        (conversations.transfer, FRAME + 6),
        (conversations.close_by_operator, FRAME + 7),  # and the first words, for the summary
    ],
    ids=["release", "transfer", "finish"],
)
def test_an_operator_lets_go(with_operator, django_assert_num_queries, operation, count):
    with django_assert_num_queries(count):
        operation(conversation_id=with_operator.pk, **ANNA)


def test_a_human_is_called(visitor, with_bot, django_assert_num_queries):
    with django_assert_num_queries(2 * FRAME + 8):
        conversations.call_human(contact=visitor)


def test_a_call_is_taken_back(visitor, waiting, django_assert_num_queries):
    # the contact, the conversation, what it was not answered; then as every change of state
    with django_assert_num_queries(2 * FRAME + 8):
        conversations.take_back(contact=visitor)


def test_an_operator_writes(with_operator, django_assert_num_queries):
    with django_assert_num_queries(FRAME + 5):  # contact, seq, conversation twice, message
        inbox.receive_operator_message(conversation_id=with_operator.pk, text="Здравствуйте!", **ANNA)


def test_a_visitor_writes_to_an_operator(visitor, with_operator, django_assert_num_queries):
    with django_assert_num_queries(FRAME + 5):  # seq, conversation twice, message, delivery
        inbox.receive_message(contact=visitor, text="Где мой заказ?")


def test_the_bot_answers(with_bot, scripted_llm, django_assert_num_queries):
    with django_assert_num_queries(3 + FRAME + 3):  # lease, conversation, window; seq, conversation, message
        assert answer_conversation(conversation_id=with_bot.pk)


def test_the_bot_answers_one_who_had_talked_before(closed, visitor, scripted_llm, django_assert_num_queries):
    conversation = inbox.receive_message(contact=visitor, text="Ещё вопрос").conversation
    with django_assert_num_queries(3 + 1 + FRAME + 3):  # and the summary of what came before
        assert answer_conversation(conversation_id=conversation.pk)


def test_the_knowledge_is_asked_once_where_it_knows_nothing(db, django_assert_num_queries):
    search_knowledge(text="Как вырастить кактус?", language="ru")  # builds the vocabulary
    with django_assert_num_queries(1):
        assert search_knowledge(text="Как вырастить кактус?", language="ru") == []


def test_an_address_without_anything_to_send(db, django_assert_num_queries):
    with django_assert_num_queries(1):
        outbox.flush_address(channel="telegram", address="7")


def test_a_flush_of_three(db, recorder, django_assert_num_queries):
    for number in range(3):
        Delivery.objects.create(
            channel="telegram", address="7", payload={"text": "Ответ"}, dedupe_key=f"key {number}"
        )
    with django_assert_num_queries(3 * (FRAME + 3) + 1):  # each: the head, the lease, the outcome
        assert outbox.flush_address(channel="telegram", address="7") == 3


def test_a_sweep_asks_as_much_for_many_as_for_none(make_owed, django_assert_num_queries):
    make_owed(12)
    with django_assert_num_queries(2):
        assert sweep()[0] == 12


def test_streams_that_resume_are_asked_about_together(make_owed, django_assert_num_queries):
    names = make_owed(12)
    with django_assert_num_queries(2):  # contacts, conversations
        assert [news.last_seq for news in read_news([(name, 1) for name in names])] == [1] * 12


def test_a_stream_that_is_behind_costs_one_query_more(make_owed, django_assert_num_queries):
    names = make_owed(3)
    with django_assert_num_queries(2 + 1):
        news = read_news([(names[0], 0), (names[1], 1), (names[2], 1)])
    assert [len(each.messages) for each in news] == [1, 0, 0]


@pytest.fixture
def make_owed(db, monkeypatch):
    """make_owed(12): so many visitors to whom the bot owes an answer; returns the hashes of their tokens."""
    from chats.api.tokens import hash_token, make_contact

    monkeypatch.setattr("chats.hints._send", lambda *args, **kwargs: None)

    def make(count: int) -> list[str]:
        names = [hash_token(f"visitor-of-the-site-{number}") for number in range(count)]
        for name in names:
            inbox.receive_message(contact=make_contact(name), text="Сколько стоит доставка?")
        return names

    return make
