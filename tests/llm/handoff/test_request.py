"""What a visitor's message is taken for: one case for each way of asking, and for each way of not asking."""

import pytest

from llm.handoff import Verdict, detect_request

REQUESTS = {
    "a connect verb and a role": ["Соедините с оператором", "put me through to a supervisor"],
    "a role and a verb after it": ["менеджера позовите, пожалуйста", "a human, connect me"],
    "a wish to talk": ["хочу поговорить с живым человеком", "I'd like to speak with a representative"],
    "a role that is needed": ["мне нужен консультант", "I need a real person"],
    "a bare role": ["оператор", "agent please"],
    "a role in capitals": ["ЧЕЛОВЕКА!!!", "HUMAN NOW"],
    "a bot turned away": ["не хочу разговаривать с роботом", "I don't want to talk to a bot"],
    "not a bot but a person": ["человека, а не бота", "a human, not a robot"],
    "is anybody alive": ["есть тут кто живой?", "is there a real person I can talk to?"],
    "a case handed on": ["передайте моё обращение специалисту", "escalate this to your manager"],
    "an accepted offer": ["да, переключите на оператора", "yes, please transfer me to a human agent"],
    "a verb without an object": ["по оплате соедините", "please transfer me"],
    "someone who should act": ["пусть ответит человек", "could someone from your team call me"],
    "with whom can I talk": ["с кем я могу поговорить лично?", "who can I speak to about this?"],
    "slang": ["киньте кожаного", "lemme talk 2 a human"],
    "rude": ["заткнись, железяка, и зови оператора", "just get me a fucking human"],
    "help in getting one": ["помогите связаться со специалистом", "I need help contacting an agent"],
    "a keypad habit": ["press 0 for operator"],
    "somebody higher up": ["дайте начальника", "get me your boss"],
    "a department": ["соедините с бухгалтерией", "connect me with the sales team"],
}
OTHERS = {
    "negated": ["не надо меня переключать на оператора", "please don't transfer me to an agent"],
    "not needed": ["оператор мне не нужен, спасибо", "I don't need an agent, thanks"],
    "refused": ["с менеджерами разговаривать не хочу", "I do not want to talk to a representative"],
    "told in the past": ["вчера оператор сказал, что доставка бесплатная", "your agent told me it was free"],
    "the bot's identity": ["ты бот или человек?", "am I talking to a real person?"],
    "a mobile operator": ["мой сотовый оператор блокирует смс", "which mobile operators are supported?"],
    "a tour operator": ["какой у вас туроператор?", "tour operator license number please"],
    "a job": ["есть вакансии оператора?", "are you hiring customer service agents?"],
    "a head count": ["столик на 6 человек", "table for 6 people on Saturday"],
    "a product role": [
        "как добавить администратора в группу?",
        "how do I remove an admin from my workspace?",
    ],
    "opening hours": ["до скольки работает поддержка?", "what hours can I call customer service?"],
    "a phone number": ["какой телефон у техподдержки?", "what is the phone number of customer support?"],
    "a complaint": ["ваши менеджеры хамят", "your agents are rude"],
    "a visit": ["вызовите мастера на дом на завтра", "book a technician visit for tomorrow"],
    "a presence check": ["алло?", "hello, anyone there?"],
    "for another person": [
        "перепишите абонемент на другого человека",
        "transfer my ticket to another person",
    ],
    "thanks": ["спасибо вашему менеджеру Анне!", "thanks to the agent who helped me"],
    "an idiom": ["вы очень хороший человек", "you're only human"],
    "a switch of something else": ["как переключить язык приложения?", "switch me to the annual plan"],
    "an ordinary question": ["сколько стоит доставка?", "how do I track my order?"],
    "nothing": ["", "   ", "?!", "👍"],
}


def cases(table):
    return [
        pytest.param(text, id=f"{kind}-{n}") for kind, texts in table.items() for n, text in enumerate(texts)
    ]


@pytest.mark.parametrize("text", cases(REQUESTS))
def test_a_request_is_handed_over(text):
    assert detect_request(text).verdict is Verdict.HAND_OVER


@pytest.mark.parametrize("text", cases(OTHERS))
def test_anything_else_is_not_handed_over(text):
    assert detect_request(text).verdict is not Verdict.HAND_OVER


@pytest.mark.parametrize(
    "text",
    [
        "опероатора позовите",
        "саедините с аператаром",
        "соединитесоператором",
        "человееееек",
        "о п е р а т о р",
        "cjtlbybnt c jgthfnjhjv",
        "pozovite operatora",
        "пoзoвитe oпepaтopa",
        "transfr me to a supervisr",
        "speak tosomeone",
        "I want to talk to a hum4n",
        "позо\u200bвите опера\u200bтора",
        "\uff50\uff4c\uff45\uff41\uff53\uff45 human agent",
    ],
)
def test_a_request_is_seen_through_the_way_it_is_typed(text):
    assert detect_request(text).verdict is Verdict.HAND_OVER


@pytest.mark.parametrize(
    "text",
    [
        "Заказ пришёл не тот, чек потерялся, на почту третий день не отвечают. В общем, соедините с менеджером. "
        "Номер заказа 4512, оплата картой.",
        "I read the returns page twice, the label is wrong and the courier never came. Can I talk to a human? "
        "The order number is 4512 and I paid by card.",
        "у меня третий день не работает интернет я уже перезагружал роутер подключите оператора",
        "please позовите оператора, I can't explain it in Russian",
    ],
)
def test_one_clause_of_a_long_or_mixed_message_is_enough(text):
    assert detect_request(text).verdict is Verdict.HAND_OVER


def test_a_clear_request_is_strong():
    assert detect_request("Позовите оператора").strong


def test_only_a_hand_over_is_strong():
    assert not detect_request("Оператор мне не нужен").strong


def test_the_reason_names_the_words_that_decided():
    assert "позовите человека" in detect_request("Посылка потерялась. Позовите человека").why


@pytest.mark.parametrize("text", ["кто-нибудь", "someone?", "can anybody help me"])
def test_the_grey_zone_is_an_offer(text):
    assert detect_request(text).verdict is Verdict.OFFER
