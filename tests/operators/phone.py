"""An operator's phone without a network: it shows what the outbox has for it, and hands what is typed to the bot.

Message ids count as Telegram's do: one row for what both sides write, in the order in which it was seen.
"""

from itertools import count

from django.utils import timezone

from chats.models import Delivery
from telegram_bot.updates import handle_update

_updates = count(1)


class Phone:
    def __init__(self, telegram_id: int, *, name: str = "Олег", language: str = "ru") -> None:
        self.id = telegram_id
        self.user = {"id": telegram_id, "is_bot": False, "first_name": name, "language_code": language}
        self._ids = count(1)
        self.shown: dict[int, dict] = {}  # message id: the params of the last sendMessage or edit of it

    def receive(self) -> list[str]:
        """Everything that waits for this phone is shown; returns the texts that are new or have changed."""
        pending = Delivery.objects.pending().filter(channel="operator", address=str(self.id)).order_by("pk")
        return [self._show(delivery) for delivery in pending]

    def type(self, text: str, *, reply_to: int | None = None) -> int:
        """Sends a text to the bot and returns its message id. What had not been received was not seen."""
        return self.send_message(text=text, reply_to=reply_to)

    def send_message(self, *, reply_to: int | None = None, message_id: int | None = None, **fields) -> int:
        """Any message of this person."""
        message = {"message_id": message_id or next(self._ids), **self._envelope(), **fields}
        if reply_to is not None:
            message["reply_to_message"] = {"message_id": reply_to, **self._envelope(), "text": "…"}
        handle_update("operators", {"update_id": next(_updates), "message": message})
        return message["message_id"]

    def take_id(self) -> int:
        """The id of a message that is on its way: what is received from here on is below it in the chat."""
        return next(self._ids)

    def edit(self, message_id: int, text: str) -> None:
        message = {"message_id": message_id, **self._envelope(), "text": text, "edit_date": 1_800_000_100}
        handle_update("operators", {"update_id": next(_updates), "edited_message": message})

    def press(self, data: str) -> str:
        """Presses a button with this data, forged or not, and returns what the bot answered."""
        update = next(_updates)
        query = {"id": str(update), "from": self.user, "chat_instance": "1", "data": data}
        query["message"] = {"message_id": max(self.shown, default=1), **self._envelope(), "text": "…"}
        assert handle_update("operators", {"update_id": update, "callback_query": query})
        answer = Delivery.objects.get(dedupe_key=f"operators:callback:{update}")
        return answer.payload["params"]["text"]

    def press_label(self, label: str) -> str:
        """Presses the newest button whose label contains this."""
        for _, params in sorted(self.shown.items(), reverse=True):
            for text, data in self.buttons(params):
                if label in text:
                    return self.press(data)
        raise AssertionError(
            f"no button {label!r}; there are {[self.buttons(p) for p in self.shown.values()]}"
        )

    def has_button(self, label: str) -> bool:
        return any(label in text for params in self.shown.values() for text, _ in self.buttons(params))

    def find(self, text: str) -> int:
        """The id of the newest message that contains the text."""
        return max(number for number, params in self.shown.items() if text in params["text"])

    @property
    def texts(self) -> list[str]:
        """What stands in the chat now, oldest first."""
        return [params["text"] for _, params in sorted(self.shown.items())]

    @staticmethod
    def buttons(params: dict) -> list[tuple[str, str]]:
        rows = params.get("reply_markup", {}).get("inline_keyboard", [])
        return [(button["text"], button["callback_data"]) for row in rows for button in row]

    def _show(self, delivery: Delivery) -> str:
        payload, params = delivery.payload, delivery.payload["params"]
        if "of" in payload:
            number = int(Delivery.objects.get(dedupe_key=payload["of"]).external_id)
        else:
            number = params.get("message_id") or next(self._ids)
        old = self.shown.get(number, {})
        if payload["method"] == "editMessageReplyMarkup":
            self.shown[number] = {"text": "", **old, "reply_markup": params["reply_markup"]}
        else:
            self.shown[number] = {"text": params.get("caption", ""), **params}
        Delivery.objects.filter(pk=delivery.pk).update(
            state="sent", external_id=str(number), sent_at=timezone.now(), attempts=1
        )
        return self.shown[number]["text"]

    def _envelope(self) -> dict:
        return {"chat": {"id": self.id, "type": "private"}, "from": self.user, "date": 1_800_000_000}
