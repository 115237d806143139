"""Who decides on a human: plain words always, the model in the grey zone; a dialogue in circles brings the offer."""

import pytest

from chats import inbox
from chats.answering import answer_conversation
from chats.models import Conversation
from llm.reply import Reply

pytestmark = pytest.mark.django_db
STRONG = "позовите оператора"
WEAK = "кто-нибудь"


def state_of(conversation):
    return Conversation.objects.get(pk=conversation.pk).state


def answer(conversation):
    return answer_conversation(conversation_id=conversation.pk)


@pytest.fixture
def dialogue(visitor, with_bot, scripted_llm):
    """dialogue("a", "b"): the visitor says these, answered one by one; returns the last answer."""

    def talk(*texts):
        message = answer(with_bot)
        for text in texts:
            inbox.receive_message(contact=visitor, text=text)
            message = answer(with_bot)
        return message

    return talk


def test_plain_words_hand_over_and_no_model_is_asked(visitor, with_bot, scripted_llm):
    inbox.receive_message(contact=visitor, text=STRONG)
    answer(with_bot)
    assert state_of(with_bot) == "waiting"
    assert scripted_llm.requests == []


def test_one_clause_of_a_long_mixed_story_hands_over(visitor, with_bot, scripted_llm):
    story = "Hi! My order 4512 is late, чайник так и не приехал, чек на почте. Соедините меня с менеджером. Thanks."
    inbox.receive_message(contact=visitor, text=story)
    assert state_of(with_bot) == "waiting"


def test_the_model_may_answer_in_the_grey_zone_and_the_button_is_there(dialogue, with_bot):
    assert dialogue(WEAK).meta["offer"]
    assert state_of(with_bot) == "bot"


def test_the_model_may_hand_over_in_the_grey_zone(dialogue, with_bot, scripted_llm, visitor):
    dialogue()
    scripted_llm.reply = Reply(kind="handoff", text="", reason="model")
    inbox.receive_message(contact=visitor, text=WEAK)
    answer(with_bot)
    assert state_of(with_bot) == "waiting"


def test_an_ordinary_question_has_no_button(dialogue):
    assert not dialogue("Вопрос 0").meta.get("offer")


def test_the_same_question_after_an_answer_brings_the_button(dialogue):
    assert dialogue("Где мой заказ 4512?", "так где мой заказ 4512").meta["offer"]


def test_two_complaints_in_a_row_bring_the_button(dialogue):
    assert dialogue("Как вернуть чашку?", "это не помогло", "опять то же самое").meta["offer"]
