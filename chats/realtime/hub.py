"""All open streams of this process: each event goes to the streams of its visitor, each stream is looked after."""

import asyncio
import logging
import random
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import redis.asyncio
from django.conf import settings
from redis.exceptions import RedisError

from chats import metrics
from chats.live import channel_of, keys_of
from chats.realtime import frames
from chats.realtime.catching_up import News, read_news
from chats.realtime.stream import Send, Stream
from chats.realtime.subscriber import Subscriber

logger = logging.getLogger(__name__)

TICK = 0.25  # seconds
HEARTBEAT_SECONDS = 15
CHECK_SECONDS = 30  # a lost event is found after this at the latest
CHECK_WAITING_SECONDS = 3  # in the queue the place changes without an event
CHECK_DEAF_SECONDS = 4  # while Redis is away
FIRST_CHECK_SECONDS = 1  # how long a new stream waits for its subscription
READERS = 4  # threads, and so database connections
BATCH = 50  # streams asked about at once
STREAMS_FOR_TOKEN = 10  # tabs of one visitor; the oldest makes room
RETRY = (500, 4000)  # milliseconds: those sent away at a restart do not all come back at once


class TooManyStreams(Exception):
    """This address has as many streams open as it may."""


class Hub:
    """Owns the streams. Everything runs in the event loop; only reads of the database run in threads."""

    def __init__(self) -> None:
        self.streams: dict[Stream, None] = {}  # in the order of their opening
        self.closing = False
        self.subscriber = Subscriber(
            settings.REDIS_URL,
            on_event=self._spread,
            on_subscribed=self._catch_up_all_of,
            on_lost=self._check_more_often,
        )
        self._of_channel: dict[bytes, list[Stream]] = {}
        self._of_address: Counter[str] = Counter()
        self._to_check: dict[Stream, None] = {}
        self._busy_readers = 0
        self._threads = ThreadPoolExecutor(READERS, thread_name_prefix="catching-up")
        self._redis = redis.asyncio.Redis.from_url(
            settings.REDIS_URL, socket_connect_timeout=1, socket_timeout=2
        )
        self._tasks: set[asyncio.Task] = set()

    def start(self) -> None:
        """Begins to listen to Redis and to look after the streams."""
        self._spawn(self.subscriber.run())
        self._spawn(self._tick_forever())

    async def stop(self) -> None:
        """Ends the tasks and the threads."""
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._redis.aclose()
        self._threads.shutdown(wait=False, cancel_futures=True)

    def close_all(self) -> None:
        """Sends everybody away in good order, to come back a little later."""
        self.closing = True
        for stream in list(self.streams):
            stream.close(retry=random.randint(*RETRY))  # noqa: S311 - jitter, not a secret

    # --- streams come and go

    def open(self, *, token_hash: str, after: int, address: str, send: Send) -> Stream:
        """A new stream, which catches up by itself. Raises TooManyStreams."""
        if settings.STREAMS_PER_ADDRESS and self._of_address[address] >= settings.STREAMS_PER_ADDRESS:
            raise TooManyStreams(address)
        stream = Stream(
            token_hash=token_hash, after=after, address=address, send=send, needs_check=self._check
        )
        now = asyncio.get_running_loop().time()
        stream.beat_at = now + random.uniform(0.3, 1) * HEARTBEAT_SECONDS  # noqa: S311 - spreads the load
        stream.check_at = now + FIRST_CHECK_SECONDS
        self.streams[stream] = None
        metrics.OPEN_STREAMS.inc()
        self._of_address[address] += 1
        channel = channel_of(token_hash).encode()
        mine = self._of_channel.setdefault(channel, [])
        mine.append(stream)
        if len(mine) > STREAMS_FOR_TOKEN:
            mine[0].close(retry=RETRY[1])
        self.subscriber.subscribe(channel)
        if self.subscriber.has(channel):
            self._check(stream)
        return stream

    def forget(self, stream: Stream) -> None:
        """The reader has gone."""
        stream.closed = True
        metrics.OPEN_STREAMS.dec()
        self.streams.pop(stream, None)
        self._to_check.pop(stream, None)
        self._of_address[stream.address] -= 1
        if self._of_address[stream.address] <= 0:
            del self._of_address[stream.address]
        channel = channel_of(stream.token_hash).encode()
        mine = self._of_channel.get(channel, [])
        if stream in mine:
            mine.remove(stream)
        if not mine:
            self._of_channel.pop(channel, None)
            self.subscriber.unsubscribe(channel)

    # --- events

    def _spread(self, channel: bytes, payload: bytes) -> None:
        head, _, data = payload.partition(b"\n")
        name, _, tag = head.partition(b" ")
        for stream in self._of_channel.get(channel, ()):
            try:
                stream.take((name, tag, data))
            except ValueError:
                logger.exception("not understood: %s", head[:100])

    def _catch_up_all_of(self, channel: bytes) -> None:
        for stream in self._of_channel.get(channel, ()):
            self._check(stream)

    def _check_more_often(self) -> None:
        now = asyncio.get_running_loop().time()
        for stream in self.streams:
            stream.check_at = min(stream.check_at, now + random.uniform(0, CHECK_DEAF_SECONDS))  # noqa: S311

    # --- looking after them

    async def _tick_forever(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            await asyncio.sleep(TICK)
            now = loop.time()
            for stream in list(self.streams):
                if stream.beat_at <= now:
                    stream.beat_at = now + HEARTBEAT_SECONDS
                    stream.push(frames.HEARTBEAT)
                if stream.check_at <= now:
                    self._check(stream)

    def _check(self, stream: Stream) -> None:
        """Asks PostgreSQL about a stream as soon as a reader is free."""
        stream.check_at = asyncio.get_running_loop().time() + CHECK_SECONDS
        self._to_check[stream] = None
        if self._busy_readers < READERS:
            self._busy_readers += 1
            self._spawn(self._read_all())

    async def _read_all(self) -> None:
        try:
            while self._to_check:
                some = [self._to_check.popitem()[0] for _ in range(min(BATCH, len(self._to_check)))]
                await self._read(some)
        finally:
            self._busy_readers -= 1

    async def _read(self, streams: list[Stream]) -> None:
        loop = asyncio.get_running_loop()
        asked = [(stream.token_hash, stream.seq) for stream in streams]
        try:
            all_news = await loop.run_in_executor(self._threads, read_news, asked)
        except Exception as error:  # noqa: BLE001 - whatever is wrong with the database, the streams stay and it is asked again
            logger.warning("not caught up: %s", error)
            for stream in streams:
                stream.check_at = loop.time() + random.uniform(1, 3)  # noqa: S311 - spreads the load
            return
        await self._add_partials(streams, all_news)
        for stream, news in zip(streams, all_news, strict=True):
            if not stream.closed:
                stream.catch_up(news)
                stream.check_at = loop.time() + self._patience(news) * random.uniform(0.8, 1.2)  # noqa: S311

    def _patience(self, news: News) -> float:
        if news.waiting:
            return CHECK_WAITING_SECONDS
        return CHECK_SECONDS if self.subscriber.connected else CHECK_DEAF_SECONDS

    async def _add_partials(self, streams: list[Stream], all_news: list[News]) -> None:
        behind = [
            (stream, news) for stream, news in zip(streams, all_news, strict=True) if stream.catching_up
        ]
        if not behind or not self.subscriber.connected:
            return
        try:
            pipe = self._redis.pipeline(transaction=False)
            for stream, _ in behind:
                pipe.get(keys_of(stream.token_hash)[1])
            written = await pipe.execute()
        except (RedisError, OSError) as error:
            logger.warning("no partial answers: %s", error)
            return
        for (_, news), text in zip(behind, written, strict=True):
            if text:
                news.turn, _, partial = text.partition(b":")
                news.partial = partial.decode("utf-8", "replace")

    def _spawn(self, work) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
