"""What Telegram finds in a text by itself: commands, links, addresses, names."""

import re

from .units import utf16_length

DOMAINS = "com|org|net|ru|io|dev|app|me|info|biz|рф|ua|by|kz|de|uk|eu|us|shop|online|site|store|example|test|ai|co|tv"
URL = rf"(?<![\w@.])(?:https?://[^\s<>\"«»]+|(?:[\w-]+\.)+(?:{DOMAINS})(?![\w@-])(?:[/?#][^\s<>\"«»]*)?)"
PATTERNS = (
    ("url", re.compile(URL, re.I)),
    ("email", re.compile(r"(?<![\w.+-])[\w.+-]+@(?:[\w-]+\.)+[a-z]{2,}(?!\w)", re.I)),
    ("bot_command", re.compile(r"(?<![\w/<>])/[A-Za-z0-9_]{1,64}(?:@[A-Za-z0-9_]{3,32})?(?![\w/<>])", re.A)),
    ("mention", re.compile(r"(?<![\w@])@[A-Za-z0-9_]{4,32}(?![\w@])", re.A)),
    ("hashtag", re.compile(r"(?<![\w#])#(?=\w*[^\W\d])\w{1,256}(?![\w#])")),
)  # fmt: skip


def detect_entities(text: str) -> list[dict]:
    """Entities in order, not overlapping: where two kinds fit, the one that is listed first in PATTERNS wins."""
    spans: list[tuple[int, int, str]] = []
    for kind, pattern in PATTERNS:
        for match in pattern.finditer(text):
            start, end = match.span()
            if kind == "url":
                end = start + len(_without_punctuation(text[start:end]))
            if end > start and not any(
                start < other_end and other_start < end for other_start, other_end, _ in spans
            ):
                spans.append((start, end, kind))
    return [
        {"type": kind, "offset": utf16_length(text[:start]), "length": utf16_length(text[start:end])}
        for start, end, kind in sorted(spans)
    ]


def _without_punctuation(url: str) -> str:
    while url and (url[-1] in ".,:;!?'…" or (url[-1] == ")" and url.count(")") > url.count("("))):
        url = url[:-1]
    return url
