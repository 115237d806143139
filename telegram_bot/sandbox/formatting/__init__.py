"""Texts and their entities: parse modes, lengths in UTF-16 units, what Telegram finds by itself."""

from .text import formatted_text, person_text, utf16_length

__all__ = ["formatted_text", "person_text", "utf16_length"]
