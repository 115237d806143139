"""Channels are looked up by name in settings.CHANNELS, so that the engine never imports those above it."""

from functools import cache

from django.conf import settings
from django.utils.module_loading import import_string

from chats.channels.base import Channel, PermanentDeliveryError, TemporaryDeliveryError

__all__ = ["Channel", "PermanentDeliveryError", "TemporaryDeliveryError", "get_channel"]


@cache
def get_channel(name: str) -> Channel:
    """The channel of that name. Raises KeyError for one that settings.CHANNELS does not know."""
    return import_string(settings.CHANNELS[name])()
