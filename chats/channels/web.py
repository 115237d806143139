"""The website: its readers fetch by themselves, nothing is sent to them."""

from chats import live
from chats.channels.base import Channel


class WebChannel(Channel):
    has_human_end = True
    shows_writing = True

    def on_typing(self, address: str) -> None:
        live.publish(address, "typing", {"author": "operator"})
