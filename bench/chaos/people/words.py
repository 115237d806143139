"""Unique texts: nobody asks for a person by accident, and every text can be found again."""

import itertools

_numbers = itertools.count(1)
_QUESTIONS = (
    "Сколько стоит доставка заказа {n}?",
    "Какого цвета чашка по накладной {n}?",
    "Когда привезут посылку {n}?",
    "Есть ли скидка на набор {n}?",
)


def question() -> str:
    """Something for the bot."""
    n = next(_numbers)
    return _QUESTIONS[n % len(_QUESTIONS)].format(n=f"#{n}#")


def call() -> str:
    """A request for a person, in words that the detector knows for certain."""
    return f"Позовите оператора, пожалуйста, номер #{next(_numbers)}#"


def remark() -> str:
    """Something for an operator, or from one."""
    return f"Записал, спасибо, строка #{next(_numbers)}#"
