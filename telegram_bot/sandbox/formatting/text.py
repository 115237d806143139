"""From what a bot or a person wrote to the text and entities that everybody sees."""

from telegram_bot.sandbox.errors import bad_request

from .detect import detect_entities
from .html import parse_html
from .markdown_legacy import parse_markdown
from .markdown_v2 import parse_markdown_v2
from .units import from_utf16_offset, utf16_length

ENTITY_TYPES = {
    "mention", "hashtag", "cashtag", "bot_command", "url", "email", "phone_number", "bold", "italic", "underline",
    "strikethrough", "spoiler", "blockquote", "expandable_blockquote", "code", "pre", "text_link", "text_mention",
    "custom_emoji", "date_time",
}  # fmt: skip
# What Telegram finds by itself is ignored when a bot says it.
FOUND_BY_TELEGRAM = {"mention", "hashtag", "cashtag", "bot_command", "url", "email", "phone_number"}


def formatted_text(
    text: str, *, parse_mode: str | None = None, entities: list | None = None
) -> tuple[str, list[dict]]:
    """A bot's text as it is shown, with its entities. Raises BotApiError as Telegram words it."""
    mode = (parse_mode or "").lower()
    if mode == "html":
        text, found = parse_html(text)
    elif mode == "markdownv2":
        text, found = parse_markdown_v2(text)
    elif mode == "markdown":
        text, found = parse_markdown(text)
    elif mode in ("", "none"):
        found = _given_entities(entities or [], utf16_length(text))
    else:
        raise bad_request("unsupported parse_mode")
    text, found = _cleaned(text, found)
    return text, _merged(found, detect_entities(text))


def person_text(text: str) -> tuple[str, list[dict]]:
    """What a person typed: no markup, only what Telegram finds by itself."""
    text, _ = _cleaned(text, [])
    return text, detect_entities(text)


def _given_entities(entities: list, length: int) -> list[dict]:
    if not isinstance(entities, list):
        raise bad_request("can't parse entities: expected an Array")
    found = []
    for entity in entities:
        if not isinstance(entity, dict):
            raise bad_request("can't parse MessageEntity: expected an Object")
        if entity.get("type") not in ENTITY_TYPES:
            raise bad_request("can't parse MessageEntity: unsupported type specified")
        offset, size = entity.get("offset"), entity.get("length")
        if not isinstance(offset, int) or not isinstance(size, int):
            raise bad_request('can\'t parse MessageEntity: fields "offset" and "length" must be Integer')
        if entity["type"] in FOUND_BY_TELEGRAM or size <= 0:
            continue
        if offset < 0 or offset + size > length:
            raise bad_request(f"entity beginning at UTF-16 offset {offset} ends after the end of the text")
        found.append(
            {
                key: entity[key]
                for key in ("type", "offset", "length", "url", "user", "language", "custom_emoji_id")
                if key in entity
            }
        )
    return found


def _cleaned(text: str, entities: list[dict]) -> tuple[str, list[dict]]:
    """Without control characters and without blanks around, entities moved along."""
    text = "".join(" " if ord(char) < 32 and char != "\n" else char for char in text.replace("\r", ""))
    without_start = text.lstrip()
    shift = utf16_length(text) - utf16_length(without_start)
    text = without_start.rstrip()
    length = utf16_length(text)
    moved = []
    for entity in entities:
        start = max(entity["offset"] - shift, 0)
        end = min(entity["offset"] + entity["length"] - shift, length)
        if end > start:
            moved.append(entity | {"offset": start, "length": end - start})
    return text, moved


def _merged(given: list[dict], detected: list[dict]) -> list[dict]:
    """Both, in order; nothing is found inside code and links."""
    closed = [e for e in given if e["type"] in ("code", "pre", "text_link", "text_mention")]
    kept = [e for e in detected if not any(_overlap(e, other) for other in closed)]
    return sorted(given + kept, key=lambda e: (e["offset"], -e["length"]))


def _overlap(one: dict, other: dict) -> bool:
    return (
        one["offset"] < other["offset"] + other["length"] and other["offset"] < one["offset"] + one["length"]
    )


def split_text(text: str, limit: int) -> list[str]:
    """As Telegram's apps do with a text that is too long: pieces of `limit` UTF-16 units, by preference at a line or
    a word."""
    pieces = []
    while utf16_length(text) > limit:
        cut = from_utf16_offset(text, limit)
        soft = max(text.rfind("\n", cut // 2, cut), text.rfind(" ", cut // 2, cut))
        cut = soft + 1 if soft > 0 else cut
        pieces.append(text[:cut])
        text = text[cut:]
    return [*pieces, text]
