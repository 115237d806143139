"""Cuts a long text into messages that Telegram accepts: at most 4096 UTF-16 units each."""

import re

LIMIT = 4096  # UTF-16 units, https://core.telegram.org/bots/api#sendmessage
FENCE = "```"

# Where a cut hurts least, the best first; what a pattern matches stays before the cut.
_BORDERS = (
    re.compile(r"\n\s*\n"),
    re.compile(r"\n"),
    re.compile(r"[.!?…]+[»”\")\]]*\s+"),
    re.compile(r"[,;:—]\s+"),
    re.compile(r"\s+"),
)
_TAG = re.compile(r"<(/?)([a-z][a-z0-9-]*)([^<>]*)>", re.IGNORECASE)
_ENTITY_START = re.compile(r"&[a-z0-9#]{0,10}$", re.IGNORECASE)


def units(text: str) -> int:
    """How long Telegram thinks the text is."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def split_text(text: str, limit: int = LIMIT) -> list[str]:
    """Plain text in pieces, cut at a paragraph, a line, a sentence or a word; [] for blanks.

    A code block that is cut is closed in one piece and opened again, with its language, in the next.
    """
    pieces, rest = [], text.strip()
    while units(rest) > limit:
        head, tail = _cut(rest, limit - len(FENCE) - 1)
        opening = _open_fence(head)
        if opening:
            head, tail = f"{head}\n{FENCE}", f"{opening}\n{tail}"
        pieces.append(head)
        rest = tail
    return [*pieces, rest] if rest else pieces


def split_html(html: str, limit: int = LIMIT) -> list[str]:
    """Telegram's HTML in pieces: a tag or an entity is never cut; what is open is closed and opened again."""
    pieces, rest = [], html.strip()
    while units(rest) > limit:
        room = limit
        while True:
            head, tail = _cut(rest, room)
            head, moved = _without_broken_end(head)
            closing = "".join(f"</{name}>" for name, _ in reversed(_open_tags(head)))
            if units(head) + len(closing) <= limit or room < limit // 2:
                break
            room -= len(closing)
        opening = "".join(tag for _, tag in _open_tags(head))
        pieces.append(head + closing)
        rest = opening + (moved + tail if moved else tail)
    return [*pieces, rest] if rest else pieces


def _cut(text: str, limit: int) -> tuple[str, str]:
    """The text in two: the first at most `limit` units, ending at the best border of its second half."""
    window = _prefix(text, limit)
    end = len(window)
    for border in _BORDERS:
        ends = [found.end() for found in border.finditer(text, end // 2, end + 1) if found.end() <= end]
        if ends:
            end = ends[-1]
            break
    head, tail = text[:end].rstrip(), text[end:]
    return (head, tail.lstrip("\n") if _open_fence(head) else tail.lstrip()) if head else (text[:end], tail)


def _prefix(text: str, limit: int) -> str:
    """As much of the text as fits into `limit` units, without tearing a character that takes two of them."""
    if len(text) <= limit and units(text) <= limit:
        return text
    return (
        text[:limit].encode("utf-16-le", "surrogatepass")[: limit * 2].decode("utf-16-le", "ignore")
        or text[:1]
    )


def _open_fence(text: str) -> str:
    """The line that opened the code block in which the text ends, or ""."""
    opening = ""
    for line in text.split("\n"):
        if line.lstrip().startswith(FENCE):
            opening = "" if opening else line.strip()[:40]
    return opening


def _open_tags(html: str) -> list[tuple[str, str]]:
    """The tags that are open at the end, outermost first: (name, the whole tag)."""
    stack: list[tuple[str, str]] = []
    for found in _TAG.finditer(html):
        closing, name = found.group(1), found.group(2)
        if not closing:
            stack.append((name, found.group()))
        elif stack and stack[-1][0] == name:
            stack.pop()
    return stack


def _without_broken_end(head: str) -> tuple[str, str]:
    """The head without a tag or an entity that the cut went through, and what was taken off."""
    at = head.rfind("<") if head.rfind("<") > head.rfind(">") else -1
    if at < 0 and (broken := _ENTITY_START.search(head)):
        at = broken.start()
    return (head[:at], head[at:]) if at > 0 else (head, "")
