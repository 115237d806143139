"""reply_markup: what Telegram accepts, and its words for what it does not."""

from urllib.parse import urlsplit

from telegram_bot.sandbox.errors import bad_request
from telegram_bot.sandbox.formatting.links import checked_url
from telegram_bot.sandbox.options import is_loopback

INLINE_ACTIONS = (
    "callback_data", "url", "web_app", "login_url", "switch_inline_query", "switch_inline_query_current_chat",
    "switch_inline_query_chosen_chat", "copy_text", "callback_game", "pay",
)  # fmt: skip
MAX_BUTTONS = 100
# Telegram drops what lies beyond the eighth button of a row.
MAX_IN_ROW = 8
MAX_CALLBACK_BYTES = 64


def read_markup(
    value, *, allow_remote: bool = False, inline_only: bool = False
) -> tuple[dict | None, dict | None]:
    """(inline keyboard, other markup), checked; at most one is given. Raises BotApiError."""
    if value is None:
        return None, None
    if not isinstance(value, dict):
        raise bad_request("object expected as reply markup")
    if "inline_keyboard" in value:
        return _inline(value["inline_keyboard"], allow_remote), None
    if inline_only:
        if value:
            raise bad_request("inline keyboard expected")
        return None, None
    if "keyboard" in value:
        return None, _reply_keyboard(value, allow_remote)
    if value.get("remove_keyboard"):
        return None, {"remove_keyboard": True}
    if value.get("force_reply"):
        return None, {key: value[key] for key in ("force_reply", "input_field_placeholder") if key in value}
    return None, None


def _inline(rows, allow_remote: bool) -> dict | None:
    if not isinstance(rows, list):
        raise bad_request('field "inline_keyboard" of the InlineKeyboardMarkup must be an Array')
    keyboard = []
    for row in rows:
        if not isinstance(row, list):
            raise bad_request(
                'field "inline_keyboard" of the InlineKeyboardMarkup must be an Array of Arrays'
            )
        buttons = [_inline_button(button, allow_remote) for button in row]
        if buttons:
            keyboard.append(buttons[:MAX_IN_ROW])
    if sum(len(row) for row in keyboard) > MAX_BUTTONS:
        raise bad_request("REPLY_MARKUP_TOO_LONG")
    return {"inline_keyboard": keyboard} if keyboard else None


def _inline_button(button, allow_remote: bool) -> dict:
    what = "inline keyboard button"
    if not isinstance(button, dict):
        raise bad_request(f"can't parse {what}: expected an Object")
    label = _label(button, what)
    actions = [action for action in INLINE_ACTIONS if button.get(action) is not None]
    if not actions:
        raise bad_request(f"can't parse {what}: Text buttons are unallowed in the inline keyboard")
    action = actions[0]
    value = button[action]
    if action == "callback_data":
        if not isinstance(value, str):
            raise bad_request(f'can\'t parse {what}: Field "callback_data" must be of type String')
        if not 1 <= len(value.encode()) <= MAX_CALLBACK_BYTES:
            raise bad_request("BUTTON_DATA_INVALID")
    elif action == "url":
        if not isinstance(value, str) or checked_url(value) is None:
            raise bad_request(f"inline keyboard button URL '{value}' is invalid: Wrong HTTP URL")
    elif action == "web_app":
        value = web_app(value, f"{what} Web App", allow_remote)
    elif action == "copy_text" and not (
        isinstance(value, dict) and 1 <= len(str(value.get("text", ""))) <= 256
    ):
        raise bad_request("BUTTON_COPY_TEXT_INVALID")
    return {"text": label, action: value}


def _reply_keyboard(markup: dict, allow_remote: bool) -> dict:
    rows = markup["keyboard"]
    if not isinstance(rows, list) or not all(isinstance(row, list) for row in rows):
        raise bad_request('field "keyboard" of the ReplyKeyboardMarkup must be an Array of Arrays')
    keyboard = []
    for row in rows:
        buttons = []
        for button in row:
            if isinstance(button, str):
                button = {"text": button}
            if not isinstance(button, dict):
                raise bad_request("can't parse keyboard button: expected an Object")
            parsed = {"text": _label(button, "keyboard button")}
            for action in ("request_contact", "request_location"):
                if button.get(action):
                    parsed[action] = True
            if button.get("web_app") is not None:
                parsed["web_app"] = web_app(button["web_app"], "keyboard button Web App", allow_remote)
            buttons.append(parsed)
        if buttons:
            keyboard.append(buttons)
    if not keyboard:
        raise bad_request("reply keyboard is empty")
    kept = ("resize_keyboard", "one_time_keyboard", "is_persistent", "input_field_placeholder", "selective")
    return {"keyboard": keyboard} | {key: markup[key] for key in kept if key in markup}


def _label(button: dict, what: str) -> str:
    if "text" not in button:
        raise bad_request(f"can't parse {what}: Can't find field \"text\"")
    if not isinstance(button["text"], str):
        raise bad_request(f'can\'t parse {what}: Field "text" must be of type String')
    if not button["text"].strip():
        raise bad_request("text buttons must be non-empty")
    return button["text"]


def web_app(value, what: str, allow_remote: bool) -> dict:
    """A WebAppInfo. https everywhere; plain http only where the sandbox itself lives."""
    if not isinstance(value, dict) or not isinstance(value.get("url"), str):
        raise bad_request(f"can't parse {what}: expected an Object with url")
    url = value["url"]
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
    except ValueError:
        raise bad_request(f"{what} URL '{url}' is invalid: Wrong HTTP URL") from None
    if parts.scheme != "https" and not (parts.scheme == "http" and (allow_remote or is_loopback(host))):
        raise bad_request(f"{what} URL '{url}' is invalid: Only HTTPS links are allowed")
    return {"url": url}
