"""What the offline provider says to a greeting, thanks and a goodbye, so that these do not call a human."""

import re

_SAID = {
    "ru": [
        (
            r"(здравствуй(те)?|привет(ик|ствую)?|добр(ый|ое|ого) (день|утро|вечер|времени суток|дня|утра)|хай|алло)",
            "Здравствуйте! Напишите, что вас интересует: доставка, оплата, возврат, заказ или товар.",
        ),
        (
            r"((большое |огромное )?спасибо( (большое|огромное|за (помощь|ответ)))?|благодарю( вас)?|спс|пасиб(о|ки)?"
            r"|(все )?понятно( спасибо)?|ок(ей)?|хорошо|ясно|отлично|супер)",
            "Пожалуйста! Если появится ещё вопрос — пишите.",
        ),
        (
            r"(до свидания|пока|всего (доброго|хорошего)|хорошего дня)",
            "Всего доброго! Будем рады видеть вас снова.",
        ),
        (
            r"((а )?(вы|ты|это|здесь) (бот|робот|человек|живой|ии)( или (бот|робот|человек|живой человек))?"
            r"|(а )?кто (вы|ты)( такой)?|что (вы|ты) умее(те|шь))",
            "Я бот-помощник: отвечаю на вопросы о магазине. Если понадобится человек, напишите «оператор».",
        ),
    ],
    "en": [
        (
            r"(hi|hello|hey|good (morning|afternoon|evening|day)|greetings)( there| everyone)?",
            "Hello! What would you like to know: delivery, payment, returns, an order or a product?",
        ),
        (
            r"(thanks?( you)?( (a lot|so much|very much|for (your |the )?help))?|thx|ty|ok(ay)?|got it|great|perfect"
            r"|cool)( thanks?( you)?)?",
            "You are welcome! Write again if anything else comes up.",
        ),
        (
            r"(good ?bye|bye( bye)?|see you|have a (nice|good) day)",
            "Goodbye! We will be glad to see you again.",
        ),
        (
            r"((are|r) (you|u) (a |an )?(real )?(bot|robot|human|person|ai|machine)"
            r"( or (a |an )?(bot|robot|human|person))?|who are you|what can you do)",
            "I am an assistant bot and answer questions about the shop. If you need a person, write “operator”.",
        ),
    ],
}
_REPLIES = {
    language: [(re.compile(rf"{pattern}( {pattern})*"), reply) for pattern, reply in rows]
    for language, rows in _SAID.items()
}
_NOT_WORDS = re.compile(r"[^\w ]+|_")


def reply_to_small_talk(text: str, language: str) -> str | None:
    """Return the reply when the whole message is small talk, else None."""
    words = " ".join(_NOT_WORDS.sub(" ", text.lower().replace("ё", "е")).split())
    return next((reply for pattern, reply in _REPLIES[language] if pattern.fullmatch(words)), None)
