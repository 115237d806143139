"""Copies of training messages as they also arrive: mistyped, dictated without punctuation, in the wrong layout."""

import random
import re

from llm.handoff.alphabets import TO_LATIN_KEYS

_LATIN = dict(
    zip(
        "абвгдежзийклмнопрстуфхцчшщъыьэюя",
        "a b v g d e zh z i y k l m n o p r s t u f h c ch sh sch  y  e yu ya".split(" "),
        strict=True,
    )
)
_KEYS = {"ru": "йцукенгшщзхъфывапролджэячсмитьбю", "en": "qwertyuiopasdfghjklzxcvbnm"}
_WORD = re.compile(r"[^\W\d_]{5,}")


def mistype(text: str, language: str, rng: random.Random) -> str:
    """One typing error in one of the longer words; the text itself when there is none."""
    words = list(_WORD.finditer(text))
    if not words:
        return text
    found = rng.choice(words)
    word = found[0]
    place = rng.randrange(1, len(word) - 1)
    kind = rng.randrange(4)
    if kind == 0:
        wrong = word[:place] + word[place + 1 :]
    elif kind == 1:
        wrong = word[:place] + word[place + 1] + word[place] + word[place + 2 :]
    elif kind == 2:
        wrong = word[:place] + word[place] + word[place:]
    else:
        wrong = word[:place] + rng.choice(_KEYS[language]) + word[place + 1 :]
    return text[: found.start()] + wrong + text[found.end() :]


def dictate(*texts: str) -> str:
    """Texts run together in lower case without punctuation, as speech recognition writes them."""
    return " ".join(re.sub(r"[^\w\s'-]", " ", " ".join(texts).lower()).split())


def in_latin(text: str) -> str:
    """Russian in Latin letters."""
    return "".join(_LATIN.get(letter, letter) for letter in text.lower().replace("ё", "е"))


def in_wrong_layout(text: str) -> str:
    """Russian typed with the keyboard in English."""
    return text.lower().replace("ё", "е").translate(TO_LATIN_KEYS)
