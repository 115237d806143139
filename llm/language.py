"""Which of the two languages a text is in."""

import re

CYRILLIC = re.compile(r"[а-яё]", re.IGNORECASE)
LATIN = re.compile(r"[a-z]", re.IGNORECASE)
NOT_PROSE = re.compile(r"https?://\S+|\S+@\S+|[@#]\w+")


def guess_language(text: str, default: str = "ru") -> str:
    """Return "ru" or "en" by the letters of the text; `default` when it has none (digits, emoji)."""
    text = NOT_PROSE.sub(" ", text)
    cyrillic, latin = len(CYRILLIC.findall(text)), len(LATIN.findall(text))
    if not cyrillic and not latin:
        return default
    # A Russian sentence often carries a Latin brand name; an English one hardly ever carries a Russian word.
    return "ru" if cyrillic * 2 >= latin else "en"
