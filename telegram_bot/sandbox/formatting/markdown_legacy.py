"""parse_mode Markdown, the old one: no nesting, `_*`[` only."""

from telegram_bot.sandbox.errors import bad_request

from .links import link_entity
from .units import byte_offset, utf16_length

MARKS = {"_": "italic", "*": "bold", "`": "code"}


def parse_markdown(source: str) -> tuple[str, list[dict]]:
    """The text without the marks, and the entities. Raises BotApiError "can't parse entities: ..."."""
    text, entities, index = "", [], 0
    while index < len(source):
        char = source[index]
        if char == "\\" and source[index + 1 : index + 2] in ("_", "*", "`", "["):
            text, index = text + source[index + 1], index + 2
        elif source.startswith("```", index):
            end = _find(source, "```", index + 3, index)
            text, index = _add(text, source[index + 3 : end].removeprefix("\n"), "pre", entities), end + 3
        elif char in MARKS:
            end = _find(source, char, index + 1, index)
            text, index = _add(text, source[index + 1 : end], MARKS[char], entities), end + 1
        elif char == "[":
            end = _find(source, "]", index + 1, index)
            label, index = source[index + 1 : end], end + 1
            url = label
            if source.startswith("(", index):
                end = source.find(")", index)
                if end < 0:
                    raise bad_request(
                        f"can't parse entities: Can't find end of a URL at byte offset {byte_offset(source, index + 1)}"
                    )
                url, index = source[index + 1 : end], end + 1
            entity = link_entity(url, offset=utf16_length(text), length=utf16_length(label))
            entities.extend([entity] if entity else [])
            text += label
        else:
            text, index = text + char, index + 1
    return text, entities


def _find(source: str, mark: str, start: int, opened: int) -> int:
    end = source.find(mark, start)
    if end < 0:
        raise bad_request(
            "can't parse entities: Can't find end of the entity starting at byte offset "
            f"{byte_offset(source, opened)}"
        )
    return end


def _add(text: str, piece: str, kind: str, entities: list) -> str:
    if piece:
        entities.append({"type": kind, "offset": utf16_length(text), "length": utf16_length(piece)})
    return text + piece
