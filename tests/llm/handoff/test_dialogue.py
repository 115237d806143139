"""When a dialogue as a whole leads to the offer of a human."""

from typing import NamedTuple

from llm.handoff import should_offer


class Turn(NamedTuple):
    role: str
    text: str


def dialogue(*texts):
    """Visitor and bot in turn, the visitor first."""
    return [Turn(("visitor", "bot")[n % 2], text) for n, text in enumerate(texts)]


def test_the_same_question_after_an_answer_leads_to_the_offer():
    assert should_offer(dialogue("Где мой заказ 4512?", "В пути.", "так где мой заказ 4512"))


def test_the_same_question_before_an_answer_does_not():
    assert not should_offer([Turn("visitor", "Где мой заказ?"), Turn("visitor", "Где мой заказ?")])


def test_another_question_of_the_same_form_does_not():
    assert not should_offer(
        dialogue("Сколько стоит доставка в Казань?", "290 ₽.", "Сколько стоит доставка в Омск?")
    )


def test_small_talk_twice_does_not():
    assert not should_offer(dialogue("привет", "Здравствуйте!", "привет"))


def test_two_complaints_in_a_row_lead_to_the_offer():
    assert should_offer(
        dialogue("как вернуть товар?", "Так.", "это не помогло", "А так?", "опять то же самое")
    )


def test_two_complaints_in_english_lead_to_the_offer():
    assert should_offer(
        dialogue("how do I return it?", "So.", "that doesn't help", "Or so?", "useless, same answer")
    )


def test_one_complaint_does_not():
    assert not should_offer(dialogue("как вернуть товар?", "Так.", "это не помогло"))


def test_a_complaint_with_a_question_between_does_not():
    assert not should_offer(dialogue("не помогло", "А так?", "сколько ждать?", "Час.", "опять то же самое"))


def test_what_was_said_before_an_operator_does_not_count():
    turns = [
        *dialogue("Где мой заказ?", "В пути."),
        Turn("operator", "Завтра."),
        Turn("visitor", "Где мой заказ?"),
    ]
    assert not should_offer(turns)


def test_nothing_is_offered_after_the_bots_own_turn():
    assert not should_offer(dialogue("Где мой заказ?", "В пути.", "Где мой заказ?", "В пути."))


def test_an_empty_dialogue_offers_nothing():
    assert not should_offer([])
