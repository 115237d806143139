"""initData of a Mini App, signed as Telegram documents it:
https://core.telegram.org/bots/webapps#validating-data-received-via-the-mini-app

hash = HMAC-SHA256(key = HMAC-SHA256(key = "WebAppData", token), all other fields as "field=value" lines, sorted)."""

import base64
import hashlib
import hmac
import json
import time
from urllib.parse import urlencode

THEMES = {
    "light": {
        "bg_color": "#ffffff", "text_color": "#000000", "hint_color": "#707579", "link_color": "#3390ec",
        "button_color": "#3390ec", "button_text_color": "#ffffff", "secondary_bg_color": "#f4f4f5",
        "header_bg_color": "#ffffff", "bottom_bar_bg_color": "#ffffff", "accent_text_color": "#3390ec",
        "section_bg_color": "#ffffff", "section_header_text_color": "#3390ec", "subtitle_text_color": "#707579",
        "destructive_text_color": "#e53935", "section_separator_color": "#e7e7e7",
    },
    "dark": {
        "bg_color": "#212121", "text_color": "#ffffff", "hint_color": "#aaaaaa", "link_color": "#8774e1",
        "button_color": "#8774e1", "button_text_color": "#ffffff", "secondary_bg_color": "#0f0f0f",
        "header_bg_color": "#212121", "bottom_bar_bg_color": "#212121", "accent_text_color": "#8774e1",
        "section_bg_color": "#212121", "section_header_text_color": "#8774e1", "subtitle_text_color": "#aaaaaa",
        "destructive_text_color": "#ff595a", "section_separator_color": "#000000",
    },
}  # fmt: skip


def sign_init_data(
    *,
    token: str,
    person: dict,
    kind: str,
    chat_instance: str,
    start_param: str = "",
    auth_date: int | None = None,
) -> str:
    """The query string that a Mini App finds in `initData`. `kind` is how it was opened: button, menu, keyboard,
    link."""
    user = {
        key: person[key]
        for key in ("id", "first_name", "last_name", "username", "language_code")
        if key in person
    }
    user.setdefault("last_name", "")
    user["allows_write_to_pm"] = True
    fields = {"user": json.dumps(user, ensure_ascii=False, separators=(",", ":")).replace("/", "\\/")}
    if kind in ("button", "menu"):
        fields["query_id"] = (
            "AAE" + hashlib.sha256(f"{chat_instance}{time.time_ns()}".encode()).hexdigest()[:21]
        )
    if kind == "link":
        fields |= {"chat_instance": chat_instance, "chat_type": "sender"}
    if start_param:
        fields["start_param"] = start_param
    fields["auth_date"] = str(int(time.time()) if auth_date is None else auth_date)
    # Telegram's own Ed25519 signature, for third parties; nobody but Telegram can make one, so here it is noise.
    noise = hashlib.sha512(json.dumps(fields).encode()).digest()
    fields["signature"] = base64.urlsafe_b64encode(noise).decode().rstrip("=")
    fields["hash"] = data_hash(token, fields)
    return urlencode(fields)


def data_hash(token: str, fields: dict[str, str]) -> str:
    """The hex HMAC over all fields but `hash`."""
    lines = "\n".join(f"{key}={fields[key]}" for key in sorted(fields) if key != "hash")
    secret = hmac.new(b"WebAppData", token.encode(), hashlib.sha256).digest()
    return hmac.new(secret, lines.encode(), hashlib.sha256).hexdigest()


def hash_fragment(init_data: str, *, theme: str = "light", start_param: str = "") -> str:
    """What Telegram's apps put after the `#` of a Mini App's URL."""
    fields = {
        "tgWebAppData": init_data,
        "tgWebAppVersion": "9.1",
        "tgWebAppPlatform": "web",
        "tgWebAppThemeParams": json.dumps(THEMES[theme], separators=(",", ":")),
    }
    if start_param:
        fields["tgWebAppStartParam"] = start_param
    return urlencode(fields)
