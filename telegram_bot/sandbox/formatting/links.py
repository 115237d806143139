"""Which links Telegram keeps, and in which form."""

import re
from urllib.parse import parse_qs, urlsplit

HOST = re.compile(r"^(?:[\w-]+\.)+[\w-]{2,}$|^localhost$|^\d{1,3}(?:\.\d{1,3}){3}$|^\[[0-9a-f:.]+\]$", re.I)


def link_entity(url: str, *, offset: int, length: int) -> dict | None:
    """text_link or text_mention for a link in a markup; None when Telegram would drop it."""
    if length <= 0:
        return None
    person = re.match(r"^tg:(?://)?user\?id=(\d+)$", url.strip(), re.I)
    if person:
        return {
            "type": "text_mention", "offset": offset, "length": length,
            "user": {"id": int(person[1]), "is_bot": False, "first_name": str(person[1])},
        }  # fmt: skip
    checked = checked_url(url)
    return {"type": "text_link", "offset": offset, "length": length, "url": checked} if checked else None


def checked_url(url: str) -> str | None:
    """The URL as Telegram stores it, or None for what is none."""
    url = url.strip()
    if re.match(r"^(tg|ton|tonsite):", url, re.I):
        return url
    if not re.match(r"^https?://", url, re.I):
        if re.match(r"^[a-z][a-z0-9+.-]*://", url, re.I):
            return None
        url = f"http://{url}"
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
    except ValueError:
        return None
    if not HOST.match(f"[{host}]" if ":" in host else host):
        return None
    head, separator, tail = url.partition("://")
    if not re.search(r"[/?#]", tail):
        tail += "/"
    elif tail[re.search(r"[/?#]", tail).start()] != "/":
        start = re.search(r"[/?#]", tail).start()
        tail = f"{tail[:start]}/{tail[start:]}"
    return f"{head.lower()}{separator}{tail}"


def custom_emoji_id(url: str) -> str:
    """The id in `tg://emoji?id=...`. Raises ValueError with Telegram's words."""
    parts = urlsplit(url)
    if parts.scheme.lower() != "tg":
        raise ValueError("Custom emoji URL must have scheme tg")
    if (parts.netloc or parts.path).lower().strip("/") != "emoji":
        raise ValueError('Custom emoji URL must have host "emoji"')
    found = parse_qs(parts.query).get("id")
    if not found:
        raise ValueError("Custom emoji URL must have an emoji identifier")
    if not re.match(r"^[1-9]\d*$", found[0]):
        raise ValueError("Invalid custom emoji identifier specified")
    return found[0]
