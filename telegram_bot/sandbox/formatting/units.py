"""Telegram counts texts in UTF-16 units and reports errors in UTF-8 bytes."""


def utf16_length(text: str) -> int:
    """UTF-16 code units: an emoji outside the first plane counts as two."""
    return len(text) + sum(1 for char in text if ord(char) > 0xFFFF)


def from_utf16_offset(text: str, offset: int) -> int:
    """The index in `text` at which `offset` UTF-16 units have passed (never in the middle of a character)."""
    units = 0
    for index, char in enumerate(text):
        units += 2 if ord(char) > 0xFFFF else 1
        if units > offset:
            return index
    return len(text)


def byte_offset(text: str, index: int) -> int:
    """UTF-8 bytes before `index`."""
    return len(text[:index].encode())
