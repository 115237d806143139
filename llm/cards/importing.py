"""Makes a character of a card. It is switched off: an admin reads first what somebody else has written."""

import re

from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils.text import slugify

from llm.cards.reading import TAGLINE_LENGTH, BadCard, Card, read_card
from llm.language import guess_language
from llm.models import Character, CharacterPicture

_WORDS = {
    "ru": {"user": "собеседник", "you": "друг", "scenario": "Обстоятельства", "examples": "Примеры речи"},
    "en": {"user": "the user", "you": "friend", "scenario": "Scenario", "examples": "Examples of speech"},
}
_CHAR = re.compile(r"\{\{char\}\}|<BOT>", re.IGNORECASE)
_USER = re.compile(r"\{\{user\}\}|<USER>", re.IGNORECASE)
_ORIGINAL = re.compile(r"\{\{original\}\}", re.IGNORECASE)
_START = re.compile(r"<START>\s*", re.IGNORECASE)
_SENTENCE = re.compile(r".+?[.!?…](?=\s|$)|.+", re.DOTALL)
_LATIN = dict(zip("абвгдеёжзийклмнопрстуфхцчшщъыьэюя", (
    "a b v g d e e zh z i y k l m n o p r s t u f kh ts ch sh sch _ y _ e yu ya".split()
), strict=True))  # fmt: skip


def import_card(data: bytes) -> Character:
    """Adds the character of a card file (JSON or PNG), not yet active. Raises BadCard."""
    card = read_card(data)
    language = guess_language(card.texts["first_mes"])
    greeting = _fill(card.texts["first_mes"], card, _WORDS[language]["you"])
    tagline = _tagline(card, language)
    english = (
        {"name_en": card.name, "tagline_en": tagline, "greeting_en": greeting} if language == "en" else {}
    )
    try:
        with transaction.atomic():
            character = Character.objects.create(
                slug=_free_slug(card.name),
                name=card.name,
                tagline=tagline,
                greeting=greeting,
                instructions=_instructions(card, language),
                active=False,
                **english,
            )
            if card.picture:
                CharacterPicture.objects.create(character=character, content=card.picture)
                character.picture = reverse("character-picture", args=[character.slug])
                character.save(update_fields=["picture"])
    except IntegrityError as error:
        raise BadCard("Такой персонаж только что появился, попробуйте ещё раз.") from error
    return character


def _instructions(card: Card, language: str) -> str:
    texts, words = card.texts, _WORDS[language]
    examples = _START.sub("\n", texts["mes_example"]).strip()
    parts = [
        _ORIGINAL.sub("", texts["system_prompt"]).strip(),
        texts["description"],
        texts["personality"],
        f"{words['scenario']}: {texts['scenario']}" if texts["scenario"] else "",
        f"{words['examples']}:\n{examples}" if examples else "",
        _ORIGINAL.sub("", texts["post_history_instructions"]).strip(),
    ]
    return _fill("\n\n".join(part for part in parts if part), card, words["user"])


def _tagline(card: Card, language: str) -> str:
    """The first sentence about the character."""
    about = card.texts["personality"] or card.texts["description"] or card.name
    sentence = " ".join(_SENTENCE.match(about).group().split()).rstrip(".")
    line = _fill(sentence, card, _WORDS[language]["user"])
    return line if len(line) <= TAGLINE_LENGTH else f"{line[: TAGLINE_LENGTH - 1].rsplit(' ', 1)[0]}…"


def _fill(text: str, card: Card, user: str) -> str:
    """The text with its placeholders filled in."""
    return _USER.sub(lambda _: user, _CHAR.sub(lambda _: card.name, text))


def _free_slug(name: str) -> str:
    latin = "".join(_LATIN.get(letter, letter) for letter in name.lower()).replace("_", "")
    slug = slugify(latin)[:50].strip("-") or "character"
    taken = set(Character.objects.filter(slug__startswith=slug).values_list("slug", flat=True))
    free = (slug if number == 1 else f"{slug}-{number}" for number in range(1, len(taken) + 2))
    return next(candidate for candidate in free if candidate not in taken)
