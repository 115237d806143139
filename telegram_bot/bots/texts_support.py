"""What the support bot itself says, by language. What the engine says is in chats.texts."""

_TEXTS = {
    "ru": {
        "greeting": (
            "Здравствуйте! Это поддержка «{site}».\n\n"
            "Напишите, что случилось: отвечу сразу. Если понадобится человек, так и скажите или нажмите /operator."
        ),
        "help": (
            "Просто напишите вопрос — отвечу здесь же.\n\n"
            "/operator — позвать человека\n"
            "/bot — передумать и вернуться к боту\n"
            "/help — эта подсказка"
        ),
        "call_human": "Позвать оператора",
        "take_back": "Вернуться к боту",
        "calling": "Зову человека",
        "already_waiting": "Оператор уже позван. Ответит, как только освободится.",
        "already_operator": "С вами уже говорит оператор, пишите прямо сюда.",
        "already_bot": "Вам и так отвечает бот. Спрашивайте!",
        "operator_stays": "Сейчас с вами говорит оператор. Когда он закончит, снова ответит бот.",
        "dead_button": "Эта кнопка больше не работает.",
        "only_private": "Я отвечаю только в личной переписке. Напишите мне напрямую!",
        "edited": "исправлено: ",
    },
    "en": {
        "greeting": (
            "Hello! This is the support of {site}.\n\n"
            "Tell me what happened and I will answer at once. Should you need a person, just say so or press /operator."
        ),
        "help": (
            "Just write your question: the answer comes here.\n\n"
            "/operator — call a person\n"
            "/bot — go back to the bot\n"
            "/help — this message"
        ),
        "call_human": "Call an operator",
        "take_back": "Back to the bot",
        "calling": "Calling a person",
        "already_waiting": "An operator has been called and will answer as soon as possible.",
        "already_operator": "An operator is already talking to you: just write here.",
        "already_bot": "The bot is answering you already. Go ahead and ask!",
        "operator_stays": "An operator is talking to you now. The bot takes over again when they have finished.",
        "dead_button": "This button no longer works.",
        "only_private": "I only answer in a private chat. Write to me directly!",
        "edited": "edited: ",
    },
}

COMMANDS = {
    "ru": [
        ("operator", "Позвать человека"),
        ("bot", "Вернуться к боту"),
        ("help", "Что я умею"),
    ],
    "en": [
        ("operator", "Call a person"),
        ("bot", "Back to the bot"),
        ("help", "What I can do"),
    ],
}


def say(key: str, language: str, **values) -> str:
    """The text of that key in the person's language; Russian where the language is not known."""
    return _TEXTS.get(language, _TEXTS["ru"])[key].format(**values)
