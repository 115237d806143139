"""What a poll says, and what it costs."""

import uuid

import pytest

from chats import conversations, inbox, live
from chats.answering import answer_conversation
from chats.api.tokens import hash_token
from chats.conversations import call_human
from chats.models import Conversation, Message
from chats.redis import get_redis
from chats.sweeps import sweep
from tests.chats.conftest import ANNA, TOKEN

pytestmark = pytest.mark.django_db
URL = "/api/v1/chat/messages"
# SAVEPOINT and RELEASE stand where production has BEGIN and COMMIT: the test itself is in a transaction.
FRAME = 2


@pytest.fixture
def answered(with_bot, scripted_llm, django_capture_on_commit_callbacks):
    """The bot has answered, and the commit is over."""
    with django_capture_on_commit_callbacks(execute=True):
        answer_conversation(conversation_id=with_bot.pk)
    return with_bot


def poll(client, headers, after: int = 0) -> dict:
    return client.get(URL, {"after": after}, headers=headers).json()


def test_a_visitor_who_has_said_nothing(client, headers):
    assert poll(client, headers) == {"messages": [], "state": "bot", "operator": None, "queue_position": None}


def test_what_is_new_comes_in_order(client, headers, answered):
    page = poll(client, headers)
    assert [(m["seq"], m["author"]) for m in page["messages"]] == [(1, "visitor"), (2, "bot")]


def test_and_only_what_is_new(client, headers, answered):
    assert [m["seq"] for m in poll(client, headers, after=1)["messages"]] == [2]


def test_who_answers(client, headers, with_operator):
    page = poll(client, headers)
    assert (page["state"], page["operator"], page["queue_position"]) == ("operator", "Анна", None)


def test_an_operators_message_has_the_name(client, headers, with_operator):
    inbox.receive_operator_message(conversation_id=with_operator.pk, text="Здравствуйте!", **ANNA)
    assert poll(client, headers)["messages"][-1]["operator"] == "Анна"


def test_the_place_in_the_queue(client, headers, telegram_visitor, visitor):
    call_human(contact=telegram_visitor)
    call_human(contact=visitor)
    assert poll(client, headers)["queue_position"] == 2


def test_a_long_history_comes_in_pages(client, headers, visitor):
    conversation = inbox.receive_message(contact=visitor, text="раз").conversation
    Message.objects.bulk_create(
        Message(contact=visitor, conversation=conversation, seq=seq, author="visitor", text="x")
        for seq in range(2, 302)
    )
    type(visitor).objects.update(last_seq=301)
    live.write_snapshot(visitor.external_id, 301, conversation)
    first = poll(client, headers)["messages"]
    second = poll(client, headers, after=first[-1]["seq"])["messages"]
    assert [m["seq"] for m in first + second] == list(range(1, 302))


class TestCost:
    """Each number is a decision: who makes it larger says why."""

    def test_an_idle_poll_asks_no_table(self, client, headers, with_bot, django_assert_num_queries):
        poll(client, headers)
        with django_assert_num_queries(0):
            assert poll(client, headers, after=1)["messages"] == []

    def test_nor_does_that_of_somebody_who_has_never_written(
        self, client, headers, django_assert_num_queries
    ):
        poll(client, headers)
        with django_assert_num_queries(0):
            poll(client, headers)

    def test_after_a_message_the_first_poll_is_free_too(
        self, client, headers, visitor, django_assert_num_queries, django_capture_on_commit_callbacks
    ):
        with django_capture_on_commit_callbacks(execute=True):
            inbox.receive_message(contact=visitor, text="раз")
        with django_assert_num_queries(0):
            poll(client, headers, after=1)

    def test_a_poll_that_finds_something(self, client, headers, with_bot, django_assert_num_queries):
        with django_assert_num_queries(3):  # contact, messages, conversation
            poll(client, headers)

    def test_a_poll_in_the_queue(self, client, headers, waiting, django_assert_num_queries):
        with django_assert_num_queries(4):  # and the place
            poll(client, headers, after=2)

    def test_a_message(self, client, headers, with_bot, django_assert_num_queries):
        body = {"text": "А самовывоз?", "client_id": str(uuid.uuid4())}
        with django_assert_num_queries(FRAME + 5):  # contact, seq, conversation twice, message
            assert client.post(URL, body, content_type="application/json", headers=headers).status_code == 201

    def test_the_first_message(self, client, headers, django_assert_num_queries):
        body = {"text": "Сколько стоит доставка?", "client_id": str(uuid.uuid4())}
        with django_assert_num_queries(2 * FRAME + 8):
            assert client.post(URL, body, content_type="application/json", headers=headers).status_code == 201

    def test_an_answer(self, with_bot, scripted_llm, django_assert_num_queries):
        # lease, conversation, window; seq, conversation, message
        with django_assert_num_queries(FRAME + 6):
            answer_conversation(conversation_id=with_bot.pk)

    def test_a_hint_too_many(self, answered, django_assert_num_queries):
        with django_assert_num_queries(1):
            answer_conversation(conversation_id=answered.pk)

    def test_a_claim(self, waiting, django_assert_num_queries):
        with django_assert_num_queries(FRAME + 6):  # contact, seq, conversation twice, message, event
            conversations.claim(conversation_id=waiting.pk, name="Анна", **ANNA)

    def test_a_lost_claim(self, with_operator, django_assert_num_queries):
        with django_assert_num_queries(FRAME + 4), pytest.raises(conversations.ConversationConflict):
            conversations.claim(conversation_id=with_operator.pk, name="Анна", **ANNA)

    def test_an_idle_sweep(self, answered, django_assert_num_queries):
        with django_assert_num_queries(2):
            sweep()


class TestMemory:
    """Redis only remembers: whatever it says or forgets, the poll tells what PostgreSQL knows."""

    def test_after_redis_has_forgotten_everything(self, client, headers, with_operator):
        poll(client, headers)
        get_redis().flushdb()
        page = poll(client, headers)
        assert (page["state"], len(page["messages"])) == ("operator", 3)

    def test_an_older_snapshot_does_not_replace_a_newer_one(self, visitor, with_bot):
        token_hash = hash_token(TOKEN)
        live.write_snapshot(token_hash, 9, Conversation(pk=with_bot.pk, epoch=3, state="operator"))
        live.write_snapshot(token_hash, 8, Conversation(pk=with_bot.pk, epoch=2, state="waiting"))
        assert live.read_snapshot(token_hash) == (9, {"state": "operator", "operator": None})

    def test_of_the_same_seq_the_later_epoch_wins(self, visitor, with_bot):
        token_hash = hash_token(TOKEN)
        live.write_snapshot(token_hash, 9, Conversation(pk=with_bot.pk, epoch=3, state="closed"))
        live.write_snapshot(token_hash, 9, Conversation(pk=with_bot.pk, epoch=2, state="bot"))
        assert live.read_snapshot(token_hash)[1]["state"] == "closed"

    def test_a_snapshot_lasts_a_minute(self, client, headers, with_bot):
        poll(client, headers)
        assert 0 < get_redis().ttl(live.keys_of(hash_token(TOKEN))[0]) <= 60

    def test_a_conversation_closed_without_a_word_is_seen_by_the_next_poll(
        self, client, headers, with_bot, django_capture_on_commit_callbacks
    ):
        poll(client, headers)
        with django_capture_on_commit_callbacks(execute=True):
            conversations.close(conversation_id=with_bot.pk, by="reset")
        assert poll(client, headers, after=1)["state"] == "closed"
