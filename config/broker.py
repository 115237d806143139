"""Kombu's Redis transport with one client for a channel, instead of a new one for every command.

Making a client costs more than the command that it is made for: a worker made two for each task, a sender one.
"""

import redis
from kombu.transport import TRANSPORT_ALIASES
from kombu.transport import redis as kombu_redis


class Channel(kombu_redis.Channel):
    """Hands out the same client as long as the pool behind it is the same; both are safe to share between threads."""

    _shared: redis.Redis | None = None

    def _create_client(self, asynchronous=False):
        if asynchronous:
            return super()._create_client(asynchronous)
        if self._shared is None or self._shared.connection_pool is not self.pool:
            self._shared = super()._create_client()
        return self._shared

    def _connparams(self, asynchronous=False):
        """Once the connection is closed there is nothing to connect to. Kombu stumbles over that when it loses its
        Redis with a message in hand, and the worker ends of it; a ConnectionError is what it expects there."""
        if self.connection is None or self.connection.client is None:
            raise redis.ConnectionError("the connection to the broker is closed")
        return super()._connparams(asynchronous)


class Transport(kombu_redis.Transport):
    """What `redis://` and `rediss://` stand for once this is imported."""

    Channel = Channel


TRANSPORT_ALIASES |= {"redis": "config.broker:Transport", "rediss": "config.broker:Transport"}
