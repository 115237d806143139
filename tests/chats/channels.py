"""A channel that keeps what it is given to send."""

from chats.channels import Channel


class Recorder(Channel):
    """Every delivery goes to `sent` as (address, text), unless `trouble` has something to raise for it first."""

    has_human_end = True
    shows_writing = True
    shown: list[str] = []
    sent: list[tuple[str, str]] = []
    trouble: dict[str, list[Exception]] = {}  # by address
    on_send = None

    @classmethod
    def reset(cls) -> None:
        cls.sent, cls.shown, cls.trouble, cls.on_send = [], [], {}, None

    @classmethod
    def sent_to(cls, address: str) -> list[str]:
        return [text for to, text in cls.sent if to == address]

    def payloads(self, message, address):
        return [{"text": message.text}]

    def on_writing(self, address, text):
        self.shown.append(text)

    def on_retract(self, address):
        self.shown.append("retracted")

    def on_turn_end(self, address):
        self.shown.append("ended")

    def send(self, delivery) -> str:
        if self.on_send:
            type(self).on_send(delivery)
        if trouble := self.trouble.get(delivery.address):
            raise trouble.pop(0)
        self.sent.append((delivery.address, delivery.payload["text"]))
        return str(len(self.sent))


class Mute(Recorder):
    """Nobody can be called here, as on the channels of the webhook and the messages API."""

    has_human_end = False
    shows_writing = False
    purpose = "api"
