"""parse_mode MarkdownV2, with Telegram's own complaints (after tdlib's behaviour)."""

import re

from telegram_bot.sandbox.errors import BotApiError, bad_request

from .links import custom_emoji_id, link_entity
from .units import byte_offset, utf16_length

RESERVED = set("_*[]()~`>#+-=|{}.!")
# Mark and kind; the longer one first.
MARKS = (("__", "Underline"), ("||", "Spoiler"), ("_", "Italic"), ("*", "Bold"), ("~", "Strikethrough"))
CODE = ("Code", "Pre", "PreCode")


def parse_markdown_v2(source: str) -> tuple[str, list[dict]]:
    """The text without the marks, and the entities. Raises BotApiError "can't parse entities: ..."."""
    return _Parser(source).parse()


class _Parser:
    def __init__(self, source: str):
        self.source = source
        self.at = 0
        self.text = ""
        self.length = 0  # UTF-16 units of text
        self.stack: list[dict] = []
        self.entities: list[dict] = []
        self.quote: dict | None = None  # the blockquote that is open: it may lie across other entities

    def parse(self) -> tuple[str, list[dict]]:
        while self.at < len(self.source):
            self.step()
        self.end_quote()
        if self.stack:
            raise self.unclosed()
        return self.text, sorted(self.entities, key=lambda e: (e["offset"], -e["length"]))

    def step(self) -> None:
        char = self.source[self.at]
        following = self.source[self.at + 1 : self.at + 2]
        top = self.stack[-1]["kind"] if self.stack else None
        if char == "\\" and following and 0 < ord(following) <= 126:
            self.write(following, 2)
        elif top in CODE:
            self.inside_code(top)
        elif char == "\n" and self.quote:
            self.write(char, 1)
            if self.source.startswith(">", self.at):
                self.at += 1
            else:
                self.end_quote()
        elif char not in RESERVED:
            self.write(char, 1)
        elif char == "|" and self.ends_as_expandable(top):
            self.quote["type"] = "expandable_blockquote"
            self.at += 2
        else:
            self.mark(char, top)

    def inside_code(self, top: str) -> None:
        mark = "`" if top == "Code" else "```"
        if self.source.startswith(mark, self.at):
            self.at += len(mark)
            self.close()
        else:
            self.write(self.source[self.at], 1)

    def mark(self, char: str, top: str | None) -> None:
        if char == "]" and top in ("TextUrl", "CustomEmoji"):
            self.end_link()
        elif char == "[":
            self.open("TextUrl", 1)
        elif self.source.startswith("![", self.at):
            self.open("CustomEmoji", 2)
        elif char == "`":
            self.open_code()
        elif char == ">" and self.quote is None and (not self.text or self.text[-1] == "\n"):
            self.quote = {"type": "blockquote", "offset": self.length, "depth": len(self.stack)}
            self.at += 1
        else:
            for mark, kind in MARKS:
                if self.source.startswith(mark, self.at):
                    if top == kind:
                        self.at += len(mark)
                        self.close()
                    else:
                        self.open(kind, len(mark))
                    return
            raise _cannot(f"Character '{char}' is reserved and must be escaped with the preceding '\\'")

    def ends_as_expandable(self, top: str | None) -> bool:
        if self.quote is None or top == "Spoiler" or not self.source.startswith("||", self.at):
            return False
        rest = self.source[self.at + 2 : self.at + 4]
        return rest == "" or (rest[0] == "\n" and rest[1:2] != ">")

    def open_code(self) -> None:
        if not self.source.startswith("```", self.at):
            self.open("Code", 1)
            return
        start = self.at
        match = re.compile(r"```([^\s`]*)(\s?)").match(self.source, start)
        language = match[1] if match[2] else ""
        self.open("PreCode" if language else "Pre", 3)
        if language:
            self.stack[-1]["language"] = language
            self.at = match.end(1)
        # One line break after the opening belongs to the mark.
        if self.source.startswith("\n", self.at):
            self.at += 1

    def end_link(self) -> None:
        item, self.at = self.stack[-1], self.at + 1
        url = self.text[item["begin"] :] if item["kind"] == "TextUrl" else ""
        if self.source.startswith("(", self.at):
            url = self.read_url("a URL" if item["kind"] == "TextUrl" else "a custom emoji URL")
        elif item["kind"] == "CustomEmoji":
            raise _cannot("Custom emoji entity must contain a tg://emoji URL")
        item["url"] = url
        self.close()

    def read_url(self, what: str) -> str:
        start = index = self.at + 1
        url = ""
        while index < len(self.source) and self.source[index] != ")":
            if (
                self.source[index] == "\\"
                and index + 1 < len(self.source)
                and ord(self.source[index + 1]) <= 126
            ):
                index += 1
            url += self.source[index]
            index += 1
        if index >= len(self.source):
            raise _cannot(f"Can't find end of {what} at byte offset {byte_offset(self.source, start)}")
        self.at = index + 1
        return url

    def open(self, kind: str, width: int) -> None:
        self.stack.append(
            {
                "kind": kind,
                "offset": self.length,
                "begin": len(self.text),
                "where": byte_offset(self.source, self.at),
            }
        )
        self.at += width

    def close(self) -> None:
        item = self.stack.pop()
        length = self.length - item["offset"]
        if self.quote and len(self.stack) < self.quote["depth"]:
            # What was opened before the quote may not end inside it.
            self.quote["depth"] = len(self.stack)
        if length <= 0:
            return
        entity = {"type": item["kind"].lower(), "offset": item["offset"], "length": length}
        match item["kind"]:
            case "TextUrl":
                entity = link_entity(item["url"], offset=item["offset"], length=length)
            case "CustomEmoji":
                try:
                    entity |= {"type": "custom_emoji", "custom_emoji_id": custom_emoji_id(item["url"])}
                except ValueError as error:
                    raise _cannot(str(error)) from error
            case "PreCode":
                entity |= {"type": "pre", "language": item["language"]}
        if entity:
            self.entities.append(entity)

    def end_quote(self) -> None:
        if self.quote is None:
            return
        if len(self.stack) > self.quote["depth"]:
            raise self.unclosed()
        length = self.length - self.quote["offset"]
        if length > 0:
            self.entities.append(
                {"type": self.quote["type"], "offset": self.quote["offset"], "length": length}
            )
        self.quote = None

    def unclosed(self) -> BotApiError:
        item = self.stack[-1]
        return _cannot(f"Can't find end of {item['kind']} entity at byte offset {item['where']}")

    def write(self, char: str, consumed: int) -> None:
        self.text += char
        self.length += utf16_length(char)
        self.at += consumed


def _cannot(reason: str) -> BotApiError:
    return bad_request(f"can't parse entities: {reason}")
