"""Which drafts admit that the bot cannot help."""

import pytest

from llm.handoff import Verdict, detect_cannot

ADMISSIONS = {
    "a bot that cannot": ["Я бот и не могу оформить возврат.", "I'm just a bot, so I can't issue refunds."],
    "does not know": ["К сожалению, я не знаю ответа.", "I'm sorry, I don't know."],
    "nothing in the knowledge base": [
        "В базе знаний ничего не нашлось.",
        "There's nothing in my knowledge base on that.",
    ],
    "no access": ["У меня нет доступа к вашему заказу.", "I don't have access to your account."],
    "sends the person to support": ["Обратитесь в службу поддержки.", "Please contact our support team."],
    "announces a transfer": ["Перевожу вас на оператора.", "I'm connecting you with a specialist now."],
    "offers a transfer": ["Хотите, позову оператора?", "Would you like me to transfer you to a human agent?"],
    "did not understand": ["Я вас не понял, переформулируйте.", "I didn't get that. Could you rephrase?"],
    "failed": ["Произошла ошибка. Попробуйте позже.", "Something went wrong. Please try again."],
    "a marker": ["NO_ANSWER", "[нет ответа]"],
    "after a good start": [
        "Доставка по Москве стоит 290 рублей. А вот точных сроков по вашему заказу я не знаю.",
        "Shipping takes 3 to 5 days. I can't check your order, though.",
    ],
}
ANSWERS = {
    "an answer": ["Доставка стоит 290 рублей.", "Shipping is $4 and takes one day."],
    "a policy with its reason": [
        "Вернуть бельё нельзя: так указано в законе.",
        "Basic economy tickets can't be changed; you can cancel within 24 hours.",
    ],
    "a question": ["Уточните, пожалуйста, номер заказа.", "Could you share your order number?"],
    "a mention of AI": [
        "Я бот-помощник магазина! Доставка стоит 290 рублей.",
        "I'm the store's bot! Returns take 14 days.",
    ],
    "a mention of support": [
        "Нажмите «Вернуть» в заказе. Если возникнут вопросы, поддержка работает круглосуточно.",
        "Tap Return in Orders. If anything else comes up, support is available 24/7.",
    ],
    "a device that cannot": [
        "Роутер не умеет работать на двух частотах, выберите 5 ГГц.",
        "If the app can't find the device, turn on Bluetooth.",
    ],
    "no operator is needed": [
        "Оператор не нужен: пароль сбрасывается в профиле.",
        "No agent is needed: it's in the app.",
    ],
    "nothing": ["", "  "],
}


def cases(table):
    return [
        pytest.param(text, id=f"{kind}-{n}") for kind, texts in table.items() for n, text in enumerate(texts)
    ]


@pytest.mark.parametrize("draft", cases(ADMISSIONS))
def test_an_admission_is_handed_over(draft):
    assert detect_cannot(draft).verdict is Verdict.HAND_OVER


@pytest.mark.parametrize("draft", cases(ANSWERS))
def test_an_answer_is_let_through(draft):
    assert detect_cannot(draft).verdict is Verdict.ANSWER
