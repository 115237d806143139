"""What neither PostgreSQL nor JSON would take is taken out of every text before it is stored."""

import re

_UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")


def printable(text: str) -> str:
    """The text without control characters and halves of characters."""
    return _UNPRINTABLE.sub("", text)
