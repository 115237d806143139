"""The website: its readers fetch by themselves, nothing is sent to them."""

from chats.channels.base import Channel


class WebChannel(Channel):
    has_human_end = True
