"""Reads a card: what is wrong with a bad one is said in words that its owner understands."""

import base64
import binascii
import json
import re
from dataclasses import dataclass

from llm.cards.png import SIGNATURE, BadPng, picture_only, read_texts

LARGEST_FILE = 5 * 1024 * 1024  # bytes
LARGEST_INSTRUCTIONS = 20_000  # characters
NAME_LENGTH, TAGLINE_LENGTH, GREETING_LENGTH = 80, 160, 4000
_TEXTS = (
    "description",
    "personality",
    "scenario",
    "first_mes",
    "mes_example",
    "system_prompt",
    "post_history_instructions",
)
_UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")


class BadCard(ValueError):
    """The card cannot be taken; the text says why."""


@dataclass(frozen=True, slots=True)
class Card:
    """The texts of a card as they stand in it, and its picture, if it came as one."""

    name: str
    texts: dict[str, str]
    picture: bytes | None


def read_card(data: bytes) -> Card:
    """A Character Card V2 from a JSON or a PNG file. Raises BadCard."""
    if len(data) > LARGEST_FILE:
        raise BadCard(f"Файл больше {LARGEST_FILE // 1024 // 1024} МБ.")
    picture = None
    if data.startswith(SIGNATURE):
        try:
            data, picture = _embedded(data), picture_only(data)
        except BadPng as error:
            raise BadCard(f"Картинка не читается: {error}.") from error
    return _checked(_parse(data), picture)


def _embedded(png: bytes) -> bytes:
    texts = read_texts(png)
    if "chara" not in texts:
        hint = " В ней карта третьей версии, нужна вторая." if "ccv3" in texts else ""
        raise BadCard(f"В картинке нет карты персонажа (блока tEXt «chara»).{hint}")
    try:
        return base64.b64decode(texts["chara"].strip(), validate=True)
    except binascii.Error as error:
        raise BadCard("Карта в картинке повреждена: это не base64.") from error


def _parse(data: bytes) -> dict:
    try:
        card = json.loads(data.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise BadCard("Текст карты не в UTF-8.") from error
    except (ValueError, RecursionError) as error:
        raise BadCard("Это не JSON и не PNG с картой персонажа.") from error
    if not isinstance(card, dict):
        raise BadCard("Это не карта персонажа: ждали объект JSON.")
    return card


def _checked(card: dict, picture: bytes | None) -> Card:
    spec, version, fields = card.get("spec"), str(card.get("spec_version", "")), card.get("data")
    if spec is None and "first_mes" in card:
        raise BadCard("Это карта первой версии, нужна вторая (chara_card_v2).")
    if spec != "chara_card_v2" or not version.startswith("2") or not isinstance(fields, dict):
        raise BadCard(
            f"Это не Character Card V2: spec = {str(spec)[:40]!r}, spec_version = {version[:20]!r}."
        )
    name = _text(fields, "name")
    texts = {key: _text(fields, key) for key in _TEXTS}
    if not name:
        raise BadCard("В карте нет имени (name).")
    if len(name) > NAME_LENGTH:
        raise BadCard(f"Имя длиннее {NAME_LENGTH} знаков.")
    if not texts["first_mes"]:
        raise BadCard("В карте нет приветствия (first_mes).")
    if len(texts["first_mes"]) > GREETING_LENGTH:
        raise BadCard(f"Приветствие длиннее {GREETING_LENGTH} знаков.")
    if not (texts["description"] or texts["personality"] or texts["system_prompt"]):
        raise BadCard("В карте не сказано, кто это: пусты description, personality и system_prompt.")
    if sum(map(len, texts.values())) > LARGEST_INSTRUCTIONS:
        raise BadCard(f"Тексты карты вместе длиннее {LARGEST_INSTRUCTIONS} знаков.")
    return Card(name=" ".join(name.split()), texts=texts, picture=picture)


def _text(fields: dict, key: str) -> str:
    value = fields.get(key, "")
    if not isinstance(value, str):
        raise BadCard(f"Поле {key} должно быть строкой.")
    return _UNPRINTABLE.sub("", value).replace("\r\n", "\n").strip()
