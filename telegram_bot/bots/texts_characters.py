"""What the characters bot itself says, by language. What a character says comes from the database and the LLM."""

_TEXTS = {
    "ru": {
        "welcome": (
            "Привет! Здесь можно поговорить с разными персонажами: от Марио до Эйнштейна. "
            "Каждый отвечает по-своему и помнит ваш разговор.\n\n"
            "Выберите, с кем начать."
        ),
        "menu": "С кем поговорим?",
        "choose_first": "Сначала выберите, с кем говорить. Сообщение сохранено: персонаж ответит на него сразу.",
        "unknown_character": "Такого персонажа здесь нет. Выберите другого!",
        "help": (
            "Выберите персонажа и просто пишите ему.\n\n"
            "/menu — выбрать персонажа\n"
            "/reset — забыть разговор и начать заново\n"
            "/help — эта подсказка"
        ),
        "forgotten": "Разговор забыт. {name} слушает вас, как в первый раз.",
        "nothing_to_forget": "Забывать пока нечего.",
        "choose": "Выбрать персонажа",
        "again": "Другой ответ",
        "more": "Продолжай",
        "change": "Сменить персонажа",
        "more_words": "Продолжай.",
        "thinking": "Сейчас отвечу иначе",
        "not_last": "Это уже не последний ответ.",
        "dead_button": "Эта кнопка больше не работает.",
        "edited": "исправлено: ",
        "only_private": "Персонажи говорят только в личной переписке. Напишите мне напрямую!",
    },
    "en": {
        "welcome": (
            "Hi! Here you can talk to all sorts of characters, from Mario to Einstein. "
            "Each answers in a voice of its own and remembers your talk.\n\n"
            "Choose whom to begin with."
        ),
        "menu": "Whom shall we talk to?",
        "choose_first": "Choose whom to talk to first. Your message is kept and will be answered right after that.",
        "unknown_character": "There is no such character here. Choose another one!",
        "help": (
            "Choose a character and just write.\n\n"
            "/menu — choose a character\n"
            "/reset — forget the talk and start anew\n"
            "/help — this message"
        ),
        "forgotten": "The talk is forgotten. {name} listens as if for the first time.",
        "nothing_to_forget": "There is nothing to forget yet.",
        "choose": "Choose a character",
        "again": "Another answer",
        "more": "Go on",
        "change": "Change character",
        "more_words": "Go on.",
        "thinking": "Let me put it another way",
        "not_last": "That is no longer the last answer.",
        "dead_button": "This button no longer works.",
        "edited": "edited: ",
        "only_private": "Characters only talk in a private chat. Write to me directly!",
    },
}

COMMANDS = {
    "ru": [
        ("menu", "Выбрать персонажа"),
        ("reset", "Начать разговор заново"),
        ("help", "Что я умею"),
    ],
    "en": [
        ("menu", "Choose a character"),
        ("reset", "Start the talk anew"),
        ("help", "What I can do"),
    ],
}


def say(key: str, language: str, **values) -> str:
    """The text of that key in the person's language; Russian where the language is not known."""
    return _TEXTS.get(language, _TEXTS["ru"])[key].format(**values)
