"""How a text becomes words: every disguise has a case."""

import pytest

from llm.handoff.clauses import split
from llm.handoff.lexicon import NAME
from llm.handoff.normalise import LONGEST_TEXT, tokenise


def classes(text):
    return [NAME[code] for code in tokenise(text).codes]


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("ОПЕРАТОР", "оператор"),
        ("oпepaтop", "оператор"),
        ("операааатор", "оператор"),
        ("о п е р а т о р", "оператор"),
        ("jgthfnjh", "оператор"),
        ("chelovek", "человек"),
        ("чел\u200bовек", "человек"),
        ("ч\u00adеловек", "человек"),
        ("0ператор", "оператор"),
    ],
)
def test_a_disguised_word_is_read_as_it_was_meant(typed, meant):
    assert tokenise(typed).words == (meant,)


@pytest.mark.parametrize(
    "typed", ["опероатор", "менеджир", "аператор", "supervisr", "agnet", "represntative"]
)
def test_a_typing_error_keeps_its_class(typed):
    assert classes(typed)[0] in {"ROLE", "CHIEF"}


@pytest.mark.parametrize(
    "word", ["операция", "разговор", "команда", "договор", "apartment", "percent", "transaction"]
)
def test_a_word_that_is_merely_near_to_a_role_stays_itself(word):
    assert tokenise(word).words == (word,)


def test_a_glued_request_is_taken_apart():
    assert classes("мненуженчеловек") == ["ME", "WANT", "HUMAN"]


def test_masked_swearing_is_swearing():
    assert classes("п***ц") == ["SWEAR"]


def test_an_english_message_is_not_taken_for_the_wrong_layout():
    assert tokenise("where is my order").words == ("where", "is", "my", "order")


def test_an_endless_text_is_read_from_both_ends():
    tokens = tokenise("слово " * LONGEST_TEXT + "оператор")
    assert len(tokens.words) < LONGEST_TEXT
    assert tokens.words[-1] == "оператор"


def test_politeness_between_commas_does_not_split_a_request():
    (clause,) = split(tokenise("Соедините, пожалуйста, с оператором"))
    assert clause.words == ("соедините", "пожалуйста", "с", "оператором")


def test_sentences_and_thoughts_are_split():
    clauses = split(tokenise("Заказ не пришёл, деньги списали. Где он?"))
    assert [clause.question for clause in clauses] == [False, False, True]
