"""The answer while it is written: shown as long as the bot may speak, and not a piece longer."""

import pytest

from chats import conversations, inbox
from chats.answering import answer_conversation
from chats.live import keys_of, name_of
from chats.models import Contact, Conversation
from chats.redis import get_redis
from chats.writing import Writing
from tests.chats.channels import Recorder
from tests.chats.conftest import ANNA

pytestmark = pytest.mark.django_db(transaction=True)


class Ear:
    """Hears what is published to a contact's readers."""

    def __init__(self, contact: Contact) -> None:
        self._pubsub = get_redis().pubsub(ignore_subscribe_messages=True)
        self._pubsub.subscribe(f"live:{name_of(contact)}")
        self._pubsub.get_message(timeout=5)

    def heard(self) -> list[str]:
        """The names of the events so far."""
        names = []
        while message := self._pubsub.get_message(timeout=0.2):
            names.append(message["data"].split(" ")[0])
        return names

    def close(self) -> None:
        self._pubsub.close()


@pytest.fixture
def ear(visitor):
    ear = Ear(visitor)
    yield ear
    ear.close()


def writing_of(conversation: Conversation, turn: str = "one") -> Writing:
    conversation = Conversation.objects.select_related("contact").get(pk=conversation.pk)
    return Writing(conversation=conversation, contact=conversation.contact, turn=turn)


def test_pieces_are_published_while_the_bot_may_speak(with_bot, ear):
    writing = writing_of(with_bot)
    ear.heard()
    writing.begin()
    writing.add("раз")
    writing.retract()
    writing.add("два")
    assert ear.heard() == ["typing", "delta", "retract", "delta"]


def test_none_after_the_news_of_a_claim(visitor, with_bot, ear):
    writing = writing_of(with_bot)
    writing.begin()
    waiting = conversations.call_human(contact=visitor)
    conversations.claim(conversation_id=waiting.pk, name="Анна", **ANNA)
    ear.heard()
    writing.add("раз")
    assert ear.heard() == []


def test_a_turn_that_is_too_late_does_not_even_begin(visitor, with_bot, ear):
    writing = writing_of(with_bot)
    conversations.call_human(contact=visitor)
    ear.heard()
    writing.begin()
    assert ear.heard() == []


def test_the_last_turn_to_begin_is_the_one_that_writes(with_bot, ear):
    first, second = writing_of(with_bot), writing_of(with_bot, "two")
    first.begin()
    second.begin()
    ear.heard()
    first.add("раз")
    second.add("два")
    assert ear.heard() == ["delta"]


def test_it_works_after_redis_has_forgotten_who_may_speak(with_bot, ear):
    get_redis().flushdb()
    writing = writing_of(with_bot)
    writing.begin()
    writing.add("раз")
    assert ear.heard() == ["typing", "delta"]


def test_what_is_written_so_far_is_kept_for_those_who_come_later(visitor, with_bot):
    writing = writing_of(with_bot)
    writing.begin()
    writing.add("раз, ")
    writing.add("два")
    assert get_redis().get(keys_of(visitor.external_id)[1]) == "one.0:раз, два"


def test_and_is_gone_with_the_answer(visitor, with_bot, scripted_llm):
    writing_of(with_bot).begin()
    answer_conversation(conversation_id=with_bot.pk)
    assert get_redis().get(keys_of(visitor.external_id)[1]) is None


class TestInTelegram:
    @pytest.fixture
    def conversation(self, telegram_visitor) -> Conversation:
        return inbox.receive_message(contact=telegram_visitor, text="Сколько стоит доставка?").conversation

    def test_the_channel_shows_it_as_it_grows(self, conversation):
        writing = writing_of(conversation)
        writing.begin()
        writing.add("раз, ")
        writing.add("два")
        writing.end()
        assert Recorder.shown == ["", "раз, ", "раз, два", "ended"]

    def test_the_channel_stops_when_an_operator_has_joined(self, conversation, telegram_visitor):
        writing = writing_of(conversation)
        writing.begin()
        writing.add("раз, ")
        conversations.call_human(contact=telegram_visitor)
        conversations.claim(conversation_id=conversation.pk, name="Анна", **ANNA)
        writing.add("два")
        writing.add("три")
        assert Recorder.shown == ["", "раз, ", "ended"]

    def test_the_channel_takes_back_what_is_retracted(self, conversation):
        writing = writing_of(conversation)
        writing.begin()
        writing.add("раз")
        writing.retract()
        writing.add("два")
        assert Recorder.shown == ["", "раз", "retracted", "два"]
