"""Takes out of a model's text what a visitor must not read: thoughts, tags, the name of another speaker."""

import re

_THOUGHT = re.compile(r"<think(?:ing)?>.*?(?:</think(?:ing)?>|\Z)", re.DOTALL | re.IGNORECASE)
_OPEN_TAG = re.compile(r"<[^<>\n]{0,24}\Z")
_OUR_TAG = re.compile(
    r"</?\s*(?:article|articles|dialogue|operator|visitor|notice|summary|system)\b[^<>\n]{0,80}>",
    re.IGNORECASE,
)
_SPEAKER = re.compile(
    r"(?im)^[ \t]*(?:\*\*|\[|<|\()?[ \t]*"
    r"(?:оператор|operator|система|system|assistant|ассистент|посетитель|visitor|user)"
    r"(?:[ \t]+[A-ZА-ЯЁ][\w-]{0,20})?[ \t]*(?:\*\*|\]|>|\))?[ \t]*[::][ \t]*(?:\*\*)?[ \t]*"
)
_NOTICE = re.compile(r"(?im)^[ \t]*чат окончен\.?[ \t]*$|^[ \t]*the chat (?:is|has) (?:over|ended)\.?[ \t]*$")
_SPECIAL = re.compile(r"[<>::\n\x00]|\s\Z")
# A line this short may still turn out to start with somebody's name.
NAME_LENGTH = 40


def clean_text(text: str) -> str:
    """Return a finished answer without thoughts, our tags, other speakers' names and the system's notices."""
    text = _SPEAKER.sub("", _OUR_TAG.sub("", _THOUGHT.sub("", text)))
    return _NOTICE.sub("", text.replace("\x00", "")).strip()


class StreamCleaner:
    """Does the same to an answer that comes in pieces, holding back what may still turn out to be taken away."""

    def __init__(self) -> None:
        self._raw = ""
        self._given = ""

    def feed(self, piece: str) -> str:
        """Take the next piece of the model's text; return what may be shown of it now."""
        # Most pieces are plain words in the middle of a line: they need no second look at the whole answer.
        plain = self._raw == self._given and len(self._given) - self._given.rfind("\n") > NAME_LENGTH
        self._raw += piece
        if plain and not _SPECIAL.search(piece):
            self._given += piece
            return piece
        return self._give(clean_text(self._without_open_end()))

    def finish(self) -> str:
        """Return the rest."""
        return self._give(clean_text(self._raw))

    def _without_open_end(self) -> str:
        text = _OPEN_TAG.sub("", self._raw)
        line_start = text.rfind("\n") + 1
        return text if len(text) - line_start >= NAME_LENGTH else text[:line_start]

    def _give(self, clean: str) -> str:
        if not clean.startswith(self._given):
            return ""
        new = clean[len(self._given) :]
        self._given = clean
        return new


def trim_truncated(text: str) -> str:
    """Cut an answer that ran out of tokens back to its last whole sentence, or mark that it breaks off."""
    ends = [match.end() for match in re.finditer(r"[.!?…](?=\s|\Z)", text)]
    if ends and ends[-1] * 2 >= len(text):
        return text[: ends[-1]]
    return f"{text}…" if text else ""
