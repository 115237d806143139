"""The parameters of a call: JSON or form fields, with JSON inside the fields, and uploaded files."""

import json
from dataclasses import dataclass
from typing import Any

from telegram_bot.sandbox.errors import bad_request


@dataclass(frozen=True, slots=True)
class UploadedFile:
    """A file of a multipart call."""

    name: str
    mime_type: str
    content: bytes


class Params:
    """Reads parameters as Telegram does: leniently about types, strictly about UTF-8."""

    def __init__(self, values: dict[str, Any], files: dict[str, UploadedFile] | None = None):
        check_encoding(values)
        self.values = {key: value for key, value in values.items() if value is not None}
        self.files = files or {}

    def text(self, name: str, default: str = "") -> str:
        value = self.values.get(name, default)
        if isinstance(value, (dict, list)):
            return json.dumps(value, ensure_ascii=False)
        return value if isinstance(value, str) else json.dumps(value)

    def integer(self, name: str, default: int = 0) -> int:
        """Numbers in strings too; what is no number is the default, as at Telegram."""
        value = self.values.get(name, default)
        try:
            return int(value)
        except (TypeError, ValueError):
            return default

    def boolean(self, name: str) -> bool:
        value = self.values.get(name, False)
        return value is True or str(value).strip().lower() in ("1", "true", "yes")

    def json(self, name: str, what: str = "") -> Any:
        """An object or list, also from a string of JSON; None when it is not given. Raises BotApiError."""
        value = self.values.get(name)
        if not isinstance(value, str):
            return value
        if not value.strip():
            return None
        try:
            parsed = json.loads(value)
        except ValueError as error:
            raise bad_request(f"can't parse {what or name.replace('_', ' ')} JSON object") from error
        check_encoding(parsed)
        return parsed

    def file(self, name: str) -> UploadedFile | None:
        """The upload under this name, directly or by `attach://`."""
        if name in self.files:
            return self.files[name]
        value = self.values.get(name)
        if isinstance(value, str) and value.startswith("attach://"):
            return self.files.get(value.removeprefix("attach://"))
        return None


def check_encoding(value: Any) -> None:
    """Raises BotApiError for text that is no UTF-8 (a lone surrogate, or bytes that could not be read)."""
    if isinstance(value, str):
        if any(0xD800 <= ord(char) <= 0xDFFF for char in value):
            raise bad_request("strings must be encoded in UTF-8")
    elif isinstance(value, dict):
        for key, item in value.items():
            check_encoding(key)
            check_encoding(item)
    elif isinstance(value, list):
        for item in value:
            check_encoding(item)
