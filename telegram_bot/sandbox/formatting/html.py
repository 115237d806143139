"""parse_mode HTML, with Telegram's own complaints (after tdlib's behaviour)."""

import re
from html import unescape

from telegram_bot.sandbox.errors import BotApiError, bad_request

from .links import link_entity
from .units import byte_offset, utf16_length

TAGS = {
    "a": "text_link", "b": "bold", "strong": "bold", "i": "italic", "em": "italic", "s": "strikethrough",
    "strike": "strikethrough", "del": "strikethrough", "u": "underline", "ins": "underline", "tg-spoiler": "spoiler",
    "span": "spoiler", "tg-emoji": "custom_emoji", "pre": "pre", "code": "code", "blockquote": "blockquote",
}  # fmt: skip
CHARACTER = re.compile(r"&(?:lt|gt|amp|quot|#\d{1,7}|#x[0-9a-f]{1,6});", re.I)
VALUE = re.compile(r"[A-Za-z0-9.-]+")


def parse_html(source: str) -> tuple[str, list[dict]]:
    """The text without the tags, and the entities. Raises BotApiError "can't parse entities: ..."."""
    out: list[str] = []
    length = 0  # UTF-16 units written so far
    entities: list[dict] = []
    stack: list[dict] = []
    index = 0
    while index < len(source):
        char = source[index]
        if char == "&" and (match := CHARACTER.match(source, index)):
            char, index = _character(match[0]), match.end()
        elif char == "<":
            if source.startswith("</", index):
                index = _close(source, index, stack, entities, "".join(out), length)
            else:
                tag, index = _open(source, index)
                stack.append(tag | {"offset": length, "begin": len(out)})
            continue
        else:
            index += 1
        out.append(char)
        length += utf16_length(char)
    if stack:
        raise _cannot(f'Can\'t find end tag corresponding to start tag "{stack[-1]["name"]}"')
    return "".join(out), entities


def _character(reference: str) -> str:
    char = unescape(reference)
    # A lone surrogate or nothing at all would not survive: such a reference stays as it was written.
    return reference if not char or 0xD800 <= ord(char[0]) <= 0xDFFF else char


def _open(source: str, at: int) -> tuple[dict, int]:
    where = byte_offset(source, at)
    match = re.compile(r"[^\s>]*").match(source, at + 1)
    name, index = match[0].lower(), match.end()
    if index >= len(source):
        raise _cannot(f"Unclosed start tag at byte offset {where}")
    if name not in TAGS:
        raise _cannot(f'Unsupported start tag "{name}" at byte offset {where}')
    attributes, index = _attributes(source, index, name, where)
    if name == "span" and attributes.get("class") != "tg-spoiler":
        raise _cannot(f'Tag "span" must have class "tg-spoiler" at byte offset {where}')
    return {"name": name, "attributes": attributes}, index


def _attributes(source: str, index: int, name: str, where: int) -> tuple[dict, int]:
    attributes: dict[str, str] = {}
    while True:
        while index < len(source) and source[index].isspace():
            index += 1
        if index >= len(source):
            raise _cannot(f'Unclosed start tag "{name}" at byte offset {where}')
        if source[index] == ">":
            return attributes, index + 1
        match = re.compile(r"[^\s=>/\"']*").match(source, index)
        attribute, index = match[0].lower(), match.end()
        if not attribute:
            raise _cannot(f'Empty attribute name in the tag "{name}" at byte offset {where}')
        while index < len(source) and source[index].isspace():
            index += 1
        if index >= len(source) or source[index] != "=":
            attributes[attribute] = ""
            continue
        index += 1
        while index < len(source) and source[index].isspace():
            index += 1
        if index >= len(source):
            raise _cannot(f'Unclosed start tag "{name}" at byte offset {where}')
        if source[index] in "\"'":
            end = source.find(source[index], index + 1)
            if end < 0:
                raise _cannot(f"Unclosed start tag at byte offset {where}")
            attributes[attribute] = CHARACTER.sub(lambda m: _character(m[0]), source[index + 1 : end])
            index = end + 1
        else:
            match = VALUE.match(source, index)
            end = match.end() if match else index
            if not match or end >= len(source) or not (source[end].isspace() or source[end] == ">"):
                raise _cannot(f"Unexpected end of name token at byte offset {byte_offset(source, index)}")
            attributes[attribute] = match[0].lower()
            index = end


def _close(source: str, at: int, stack: list, entities: list, text: str, length: int) -> int:
    where = byte_offset(source, at)
    if not stack:
        raise _cannot(f"Unexpected end tag at byte offset {where}")
    match = re.compile(r"</([^\s>]*)\s*").match(source, at)
    name, index = match[1].lower(), match.end()
    if index >= len(source) or source[index] != ">":
        raise _cannot(f"Unclosed end tag at byte offset {where}")
    tag = stack.pop()
    if name and name != tag["name"]:
        raise _cannot(
            f'Unmatched end tag at byte offset {where}, expected "</{tag["name"]}>", found "</{name}>"'
        )
    entity = _entity(tag, text, length - tag["offset"], inside=stack[-1] if stack else None)
    if entity:
        entities.append(entity)
    return index + 1


def _entity(tag: dict, text: str, length: int, *, inside: dict | None) -> dict | None:
    if length <= 0:
        return None
    attributes = tag["attributes"]
    entity = {"type": TAGS[tag["name"]], "offset": tag["offset"], "length": length}
    match tag["name"]:
        case "a":
            return link_entity(
                attributes.get("href") or text[tag["begin"] :], offset=tag["offset"], length=length
            )
        case "tg-emoji":
            entity["custom_emoji_id"] = attributes.get("emoji-id", "")
        case "blockquote" if "expandable" in attributes:
            entity["type"] = "expandable_blockquote"
        case "code" if inside and inside["name"] == "pre" and inside["offset"] == tag["offset"]:
            # <pre><code class="language-x"> is one block of code in a language.
            if attributes.get("class", "").startswith("language-"):
                inside["language"] = attributes["class"].removeprefix("language-")
            return None
        case "pre" if tag.get("language"):
            entity["language"] = tag["language"]
    return entity


def _cannot(reason: str) -> BotApiError:
    return bad_request(f"can't parse entities: {reason}")
