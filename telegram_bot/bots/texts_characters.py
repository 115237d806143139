"""What the characters bot itself says, by language."""

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
