"""The one Redis pub/sub connection of the process: it comes back by itself, with everything it had subscribed to."""

import asyncio
import contextlib
import logging
import random
import time
from collections.abc import Callable

from redis.asyncio import Connection, ConnectionPool
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

logger = logging.getLogger(__name__)

PING_SECONDS = 5
SILENCE_SECONDS = 15  # without a word, not even to a ping: the connection is dead
LONGEST_PAUSE = 5
AT_ONCE = 500  # channels in one SUBSCRIBE


class Subscriber:
    """Calls `on_event(channel, payload)`, and `on_subscribed(channel)` once nothing more can be missed.

    `on_lost()` says that from now on everything is missed, until the channels are subscribed to again.
    """

    def __init__(
        self,
        url: str,
        *,
        on_event: Callable[[bytes, bytes], None],
        on_subscribed: Callable[[bytes], None],
        on_lost: Callable[[], None],
    ) -> None:
        self._pool = ConnectionPool.from_url(
            url, protocol=2, socket_connect_timeout=2, socket_timeout=None, retry=Retry(NoBackoff(), 0)
        )
        self._on_event = on_event
        self._on_subscribed = on_subscribed
        self._on_lost = on_lost
        self._wanted: set[bytes] = set()
        self._subscribed: set[bytes] = set()
        self._changed = asyncio.Event()
        self._heard_at = 0.0
        self.connected = False

    def subscribe(self, channel: bytes) -> None:
        """Wants a channel; `on_subscribed` says when it is there, again after every loss."""
        self._wanted.add(channel)
        self._changed.set()

    def unsubscribe(self, channel: bytes) -> None:
        """Wants a channel no longer."""
        self._wanted.discard(channel)
        self._changed.set()

    def has(self, channel: bytes) -> bool:
        """Is everything published there heard right now?"""
        return self.connected and channel in self._subscribed and channel in self._wanted

    async def run(self) -> None:
        """Keeps the connection until it is cancelled."""
        pause = 0.1
        while True:
            connection: Connection = self._pool.make_connection()
            try:
                await connection.connect()
                logger.info("listening to Redis")
                self._subscribed, self.connected, self._heard_at = set(), True, time.monotonic()
                self._changed.set()
                pause = 0.1
                await self._serve(connection)
            except (RedisError, OSError, TimeoutError) as error:
                logger.warning("Redis is away: %s", error)
            finally:
                if self.connected:
                    self.connected = False
                    self._on_lost()
                with contextlib.suppress(RedisError, OSError):
                    await connection.disconnect(nowait=True)
            await asyncio.sleep(pause * random.uniform(0.5, 1))  # noqa: S311 - jitter, not a secret
            pause = min(pause * 2, LONGEST_PAUSE)

    async def _serve(self, connection: Connection) -> None:
        writing = asyncio.create_task(self._write(connection))
        reading = asyncio.create_task(self._read(connection))
        try:
            done, _ = await asyncio.wait({writing, reading}, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                task.result()
        finally:
            for task in (writing, reading):
                task.cancel()
            await asyncio.gather(writing, reading, return_exceptions=True)

    async def _write(self, connection: Connection) -> None:
        """Brings the subscriptions in line with what is wanted, and pings."""
        asked: set[bytes] = set()
        while True:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._changed.wait(), PING_SECONDS)
            if time.monotonic() - self._heard_at > SILENCE_SECONDS:
                raise ConnectionError("it no longer answers")
            if not self._changed.is_set():
                await connection.send_command("PING", check_health=False)
                continue
            self._changed.clear()
            for command, channels in (
                ("UNSUBSCRIBE", asked - self._wanted),
                ("SUBSCRIBE", self._wanted - asked),
            ):
                for some in _in_parts(channels):
                    await connection.send_command(command, *some, check_health=False)
            asked = set(self._wanted)

    async def _read(self, connection: Connection) -> None:
        while True:
            answer = await connection.read_response(disable_decoding=True, timeout=float("inf"))
            self._heard_at = time.monotonic()
            kind = answer[0] if isinstance(answer, list) else b"pong"
            if kind == b"message":
                self._on_event(answer[1], answer[2])
            elif kind == b"subscribe":
                self._subscribed.add(answer[1])
                self._on_subscribed(answer[1])
            elif kind == b"unsubscribe":
                self._subscribed.discard(answer[1])


def _in_parts(channels: set[bytes]) -> list[list[bytes]]:
    ordered = list(channels)
    return [ordered[start : start + AT_ONCE] for start in range(0, len(ordered), AT_ONCE)]
