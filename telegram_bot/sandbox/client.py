"""A person's hands for tests: SandboxClient talks to the control API of a running sandbox.

api = SandboxClient("http://127.0.0.1:8002")
maria = api.create_person("Мария")
chat = api.chat("support", maria)
chat.start()
chat.send("Где мой заказ?")
reply = chat.wait_for_bot("заказ")
"""

import base64
import re
import time
from collections.abc import Callable
from typing import Any

import httpx

Wanted = str | re.Pattern | Callable[[dict], Any] | None


class SandboxError(AssertionError):
    """The sandbox refused: `code` says why."""

    def __init__(self, status: int, code: str, message: str):
        super().__init__(f"{status} {code}: {message}")
        self.status = status
        self.code = code


def wait_for(
    condition: Callable[[], Any], timeout: float = 10.0, *, what: str = "", every: float = 0.05
) -> Any:
    """The first truthy value of `condition()`. Raises AssertionError with the last value after `timeout` seconds."""
    deadline = time.monotonic() + timeout
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > deadline:
            raise AssertionError(f"did not happen in {timeout} s: {what or condition}; last seen: {value!r}")
        time.sleep(every)


class SandboxClient:
    """The control API of one sandbox. May be shared by threads."""

    def __init__(self, url: str, *, timeout: float = 30.0):
        self.url = url.rstrip("/")
        self._http = httpx.Client(base_url=f"{self.url}/sandbox/api", timeout=timeout, trust_env=False)

    def request(self, method: str, path: str, body: dict | None = None, /, **query) -> Any:
        """Any request of the control API. Raises SandboxError."""
        if method in ("POST", "PATCH") and body is None:
            body = {}
        params = {key: value for key, value in query.items() if value is not None}
        answer = self._http.request(method, path, json=body, params=params)
        if answer.is_error:
            try:
                given = answer.json()
            except ValueError:
                given = {"error": answer.text, "code": "http"}
            raise SandboxError(answer.status_code, given["code"], given["error"])
        return answer.json() if answer.content else None

    def create_person(self, first_name: str, **fields) -> dict:
        """A new person: a Telegram User."""
        return self.request("POST", "/people", {"first_name": first_name} | fields)

    def people(self) -> list[dict]:
        return self.request("GET", "/people")

    def change_person(self, person: dict | int, **fields) -> dict:
        return self.request("PATCH", f"/people/{_id(person)}", fields)

    def bot(self, bot: str) -> dict:
        """Commands, menu button, webhook info, pending_update_count."""
        return self.request("GET", f"/bots/{bot}")

    def chat(self, bot: str, person: dict | int) -> "SandboxChat":
        """One person's chat with one bot."""
        return SandboxChat(self, bot, _id(person))

    def send_update(self, bot: str, update: dict, *, force: bool = False) -> int | None:
        """A raw update of any kind; None when the bot did not ask for that kind."""
        return self.request("POST", f"/bots/{bot}/updates", update, force="1" if force else None)["update_id"]

    def fault(self, kind: str, **fields) -> None:
        """Arm a fault: see the README for kinds."""
        self.request("POST", "/faults", {"kind": kind} | fields)

    def clear_faults(self) -> None:
        self.request("DELETE", "/faults")

    def calls(
        self, *, bot: str | None = None, method: str | None = None, chat: int | None = None, after: int = 0
    ):
        """The last Bot API calls, oldest first."""
        return self.request("GET", "/calls", bot=bot, method=method, chat=chat, after=after)["calls"]

    def deliveries(self, *, bot: str | None = None, after: int = 0) -> list[dict]:
        """The last webhook attempts, oldest first."""
        return self.request("GET", "/deliveries", bot=bot, after=after)["deliveries"]

    def set_limits(self, **fields) -> dict:
        return self.request("POST", "/limits", fields)

    def reset(self, *, keep_people: bool = False, keep_webhooks: bool = True) -> None:
        """As new. Webhooks stay by default, as the product registers them only when it starts."""
        self.request("POST", "/reset", {"keep_people": keep_people, "keep_webhooks": keep_webhooks})

    def wait_until_delivered(self, bot: str, timeout: float = 10.0) -> None:
        """Until the bot has every update that waits for it."""
        wait_for(
            lambda: self.bot(bot)["pending_update_count"] == 0, timeout, what=f"{bot} has all its updates"
        )

    def close(self) -> None:
        self._http.close()


class SandboxChat:
    """What one person does and sees in the chat with one bot."""

    def __init__(self, client: SandboxClient, bot: str, person: int):
        self.client = client
        self.bot = bot
        self.person = person
        self.path = f"/chats/{bot}/{person}"
        self._seen = 0  # wait_for_bot looks at messages after this one

    def act(self, verb: str, **fields) -> dict:
        """Any verb of the control API; what is None is left out."""
        return self.client.request(
            "POST", f"{self.path}/{verb}", {key: value for key, value in fields.items() if value is not None}
        )

    def start(self, payload: str | None = None) -> dict:
        """Press Start, or open a deep link with a payload."""
        return self.act("start", payload=payload)["message"]

    def send(self, text: str, *, reply_to: dict | int | None = None) -> dict:
        """Write a text."""
        return self.act("text", text=text, reply_to=_message_id(reply_to))["message"]

    def send_sticker(self, emoji: str = "👍") -> dict:
        return self.act("sticker", emoji=emoji)["message"]

    def send_photo(self, caption: str = "", content: bytes | None = None) -> dict:
        return self.act("photo", caption=caption, content=_base64(content))["message"]

    def send_voice(self, duration: int = 3) -> dict:
        return self.act("voice", duration=duration)["message"]

    def send_document(self, file_name: str, content: bytes | None = None, caption: str = "") -> dict:
        return self.act("document", file_name=file_name, content=_base64(content), caption=caption)["message"]

    def send_raw(self, **fields) -> dict:
        """A message with any fields, e.g. poll={...}."""
        return self.act("raw", **fields)["message"]

    def edit(self, message: dict | int, text: str) -> dict:
        """Change a text of one's own."""
        return self.act("edit", message_id=_message_id(message), text=text)["message"]

    def press(
        self, message: dict | int, label: str | None = None, *, data: str | None = None, force: bool = False
    ):
        """Press an inline button by its label or data; the answer is the callback query's id, or
        `{url, init_data, ...}` of a button that opens something. `force` presses what no button has."""
        answer = self.act(
            "press", message_id=_message_id(message), label=label, data=data, force=True if force else None
        )
        return answer.get("callback_query_id", answer)

    def block(self) -> None:
        self.act("block")

    def unblock(self) -> None:
        self.act("unblock")

    def init_data(self, **fields) -> str:
        """Signed initData of this person for this bot; `kind`, `start_param`, `auth_date`."""
        return self.act("init_data", **fields)["init_data"]

    def read(self, *, after: int = 0) -> dict:
        """The whole chat as the person sees it."""
        return self.client.request("GET", self.path, after=after)

    def messages(self, *, after: int = 0) -> list[dict]:
        return self.read(after=after)["messages"]

    def bot_messages(self, *, after: int = 0) -> list[dict]:
        """What the bot wrote, oldest first."""
        return [message for message in self.messages(after=after) if not message["outgoing"]]

    def bot_texts(self) -> list[str]:
        return [text_of(message) for message in self.bot_messages()]

    def message(self, message: dict | int) -> dict | None:
        """The message as it is now (after edits), or None when it is gone."""
        wanted = _message_id(message)
        return next((found for found in self.messages() if found["message_id"] == wanted), None)

    def wait_for_bot(self, wanted: Wanted = None, timeout: float = 10.0) -> dict:
        """The next message of the bot that matches: contains a text, matches a pattern, or satisfies a function.
        Messages before one that was found are not looked at again."""
        found = wait_for(
            lambda: self._find(wanted), timeout, what=f"{self.bot} writes {wanted!r} to {self.person}"
        )
        self._seen = found["message_id"]
        return found

    def wait_for_edit(self, message: dict | int, wanted: Wanted, timeout: float = 10.0) -> dict:
        """The message once it matches."""
        return wait_for(
            lambda: _matching(self.message(message), wanted), timeout, what=f"message becomes {wanted!r}"
        )

    def wait_for_button(self, message: dict | int, label: str, timeout: float = 10.0) -> dict:
        """The message once it has a button with this label."""
        return wait_for(
            lambda: _matching(self.message(message), lambda m: label in buttons_of(m)), timeout, what=label
        )

    def wait_for_callback_answer(self, callback_query_id: str | None = None, timeout: float = 10.0) -> dict:
        """How the bot answered a press (the last one by default): text, show_alert."""

        def answer():
            answers = self.read()["callback_answers"]
            if callback_query_id:
                answers = [one for one in answers if one["callback_query_id"] == callback_query_id]
            return answers[-1] if answers and answers[-1]["answered"] else None

        return wait_for(answer, timeout, what=f"{self.bot} answers the button")

    def wait_for_draft(self, wanted: Wanted = None, timeout: float = 10.0) -> dict:
        """A draft that is being written."""
        return wait_for(
            lambda: next((draft for draft in self.read()["drafts"] if _matching(draft, wanted)), None),
            timeout,
        )

    def forget_seen(self) -> None:
        """wait_for_bot looks at the whole chat again."""
        self._seen = 0

    def _find(self, wanted: Wanted) -> dict | None:
        return next(
            (found for found in self.bot_messages(after=self._seen) if _matching(found, wanted)), None
        )


def text_of(message: dict) -> str:
    """The text or caption."""
    return message.get("text") or message.get("caption") or ""


def buttons_of(message: dict) -> list[str]:
    """Labels of the inline buttons."""
    rows = message.get("reply_markup", {}).get("inline_keyboard", [])
    return [button["text"] for row in rows for button in row]


def data_of(message: dict, label: str) -> str:
    """The callback data of the button with this label."""
    for row in message.get("reply_markup", {}).get("inline_keyboard", []):
        for button in row:
            if button["text"] == label:
                return button["callback_data"]
    raise AssertionError(f"no button {label!r}; there are {buttons_of(message)}")


def _matching(message: dict | None, wanted: Wanted) -> dict | None:
    if message is None:
        return None
    if wanted is None:
        return message
    if isinstance(wanted, str):
        return message if wanted.lower() in text_of(message).lower() else None
    if isinstance(wanted, re.Pattern):
        return message if wanted.search(text_of(message)) else None
    return message if wanted(message) else None


def _id(person: dict | int) -> int:
    return person["id"] if isinstance(person, dict) else person


def _message_id(message: dict | int | None) -> int | None:
    return message["message_id"] if isinstance(message, dict) else message


def _base64(content: bytes | None) -> str | None:
    return base64.b64encode(content).decode() if content is not None else None
