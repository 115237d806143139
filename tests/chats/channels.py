"""A channel that keeps what it is given to send."""

from chats.channels import Channel


class Recorder(Channel):
    """Every delivery goes to `sent` as (address, text), unless `trouble` has something to raise for it first."""

    has_human_end = True
    sent: list[tuple[str, str]] = []
    trouble: dict[str, list[Exception]] = {}  # by address
    on_send = None

    @classmethod
    def reset(cls) -> None:
        cls.sent, cls.trouble, cls.on_send = [], {}, None

    @classmethod
    def sent_to(cls, address: str) -> list[str]:
        return [text for to, text in cls.sent if to == address]

    def payloads(self, message, address):
        return [{"text": message.text}]

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
    purpose = "api"
