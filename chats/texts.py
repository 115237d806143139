"""What the engine itself says to visitors, by language."""

_TEXTS = {
    "ru": {
        "handoff": "Переключаю на человека",
        "nobody_on_duty": "Сейчас операторов нет на месте. Ответим здесь же, как только кто-нибудь вернётся.",
        "taken_back": "Хорошо, снова отвечает бот.",
        "operator_joined": "К диалогу подключился оператор: {name}",
        "operator_left": "Оператор передал диалог боту. Спрашивайте — он на связи.",
        "transferred": "Оператор передаёт диалог коллеге. Пожалуйста, подождите немного.",
        "closed": "Чат окончен.",
        "no_human": "К сожалению, здесь нет операторов — отвечает только бот.",
        "no_answer": "Не получилось ответить. Попробуйте, пожалуйста, ещё раз чуть позже.",
        "only_text": "Пока я понимаю только текст. Напишите, пожалуйста, словами.",
    },
    "en": {
        "handoff": "Switching you to a human",
        "nobody_on_duty": "Nobody is on duty right now. The answer will come here as soon as somebody is back.",
        "taken_back": "All right, the bot is answering again.",
        "operator_joined": "An operator has joined: {name}",
        "operator_left": "The operator has handed the chat back to the bot. Go ahead and ask.",
        "transferred": "The operator is passing the chat to a colleague. One moment, please.",
        "closed": "The chat has ended.",
        "no_human": "Sorry, there are no operators here: only the bot answers.",
        "no_answer": "I could not answer that. Please try again a little later.",
        "only_text": "I only understand text for now. Please put it into words.",
    },
}


def say(key: str, language: str, **values: str) -> str:
    """The text of that key in the visitor's language; Russian where the language is not known."""
    return _TEXTS.get(language, _TEXTS["ru"])[key].format(**values)
