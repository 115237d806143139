"""The brake and the cleaner by themselves."""

import pytest

from llm.brake import HELD_CHARACTERS, AdmitsDefeat, Brake
from llm.cleaning import trim_truncated


def feed(brake: Brake, text: str, size: int = 4) -> None:
    for i in range(0, len(text), size):
        brake.feed(text[i : i + size])


def test_the_detector_sees_the_first_sentence_before_the_visitor():
    order: list[str] = []
    text = "Первое предложение достаточно длинное, чтобы пройти. Второе."
    brake = Brake(
        on_delta=lambda piece: order.append("shown"), admits_defeat=lambda draft: order.append(draft) or False
    )

    feed(brake, text)
    brake.finish()

    assert order[0] == "Первое предложение достаточно длинное, чтобы пройти."
    assert order[1] == "shown"


@pytest.mark.parametrize("size", [1, 5, 1000])
def test_the_detector_sees_each_sentence_with_the_one_before_it(size):
    seen: list[str] = []
    brake = Brake(admits_defeat=lambda draft: seen.append(draft) or False)

    feed(brake, "Первая. Вторая? Третья! Четвёртая", size=size)
    brake.finish()

    assert [draft.strip() for draft in seen][-1] == "Третья! Четвёртая"
    assert all(len(draft) <= len("Первая. Вторая? Третья!") for draft in seen)
    for sentence in ("Первая", "Вторая", "Третья", "Четвёртая"):
        assert any(sentence in draft for draft in seen)


@pytest.mark.parametrize("where", range(4))
def test_defeat_in_any_sentence_is_seen(where):
    sentences = ["Одно. ", "Другое. ", "Третье. ", "Четвёртое. "]
    sentences[where] = "Не могу помочь. "
    brake = Brake(admits_defeat=lambda draft: "Не могу помочь" in draft)

    with pytest.raises(AdmitsDefeat):
        feed(brake, "".join([*sentences, "Ещё одно. Конец"]))


def test_without_an_end_of_sentence_eighty_characters_are_held():
    seen: list[str] = []
    brake = Brake(on_delta=seen.append, admits_defeat=lambda draft: False)

    feed(brake, "а" * (HELD_CHARACTERS - 1), size=1)
    assert seen == []
    brake.feed("ааа")
    assert len(seen[0]) >= HELD_CHARACTERS


def test_a_short_answer_is_judged_at_its_end():
    brake = Brake(admits_defeat=lambda draft: draft == "Не знаю")

    brake.feed("Не знаю")
    with pytest.raises(AdmitsDefeat):
        brake.finish()


def test_pieces_are_joined():
    seen: list[str] = []
    brake = Brake(on_delta=seen.append)

    feed(brake, "Слово за словом, строка за строкой. " * 20, size=2)
    brake.finish()

    assert len(seen) < 20
    assert "".join(seen) == ("Слово за словом, строка за строкой. " * 20).strip()


def test_a_restart_takes_back_only_what_was_shown():
    taken = []
    brake = Brake(on_delta=lambda piece: None, on_retract=lambda: taken.append(1))

    brake.feed("Мало")
    brake.restart()
    assert taken == []
    feed(brake, "Достаточно длинная строка, чтобы её показали посетителю. Ещё одна.")
    brake.restart()
    assert taken == [1]
    assert brake.draft == ""


@pytest.mark.parametrize(
    ("text", "trimmed"),
    [
        ("Первое. Второе. Трет", "Первое. Второе."),
        ("Да. Очень длинный второй кусок без конца", "Да. Очень длинный второй кусок без конца…"),
        ("Всё целиком.", "Всё целиком."),
        ("", ""),
    ],
)
def test_a_truncated_answer(text, trimmed):
    assert trim_truncated(text) == trimmed
