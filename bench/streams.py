"""How many streams one realtime process holds open, and how fast it passes events on: `python -m bench.streams`.

Opens the streams on this machine, reads the memory and the CPU of the process, then publishes events to streams drawn
at random, as answers being written would, and at last one to every stream. A time is from before the publish until
the reader has read it, by this machine's clock: the work of the reader, a Python process too, is in it.
"""

import argparse
import asyncio
import gc
import json
import os
import random
import resource
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import httpx
import psutil
import redis.asyncio

from bench.services import desk_services
from config.embedded.ports import free_port

OPENED_AT_ONCE = 200
IDLE_SECONDS = 20
RATES = (200, 1000)  # events a second
RATE_SECONDS = 10


@dataclass(slots=True)
class Visitors:
    """The readers: how many streams have caught up, and how long each event took (seconds)."""

    caught_up: int = 0
    times: list[float] = field(default_factory=list)

    async def read(self, stream: asyncio.StreamReader, _: asyncio.StreamWriter) -> None:
        """Reads one stream to its end; the connection lives as long as its writer is kept."""
        try:
            while line := await stream.readline():
                if line.startswith(b'data: {"sent"'):
                    self.times.append(time.time() - json.loads(line[6:])["sent"])
                elif line.startswith(b"event: state"):
                    self.caught_up += 1
        except ConnectionError:
            return  # the bench is over

    def milliseconds(self, share: float) -> float:
        """The time within which this share of the events arrived."""
        return round(sorted(self.times)[int((len(self.times) - 1) * share)] * 1000, 1)


def token(number: int) -> str:
    """The token of one visitor."""
    return f"bench-visitor-{number:08d}"


@contextmanager
def realtime() -> Iterator[tuple[psutil.Process, int]]:
    """The process under test, and its port."""
    port = free_port()
    options = ["--no-access-log", "--no-proxy-headers", "--log-level", "warning"]
    process = subprocess.Popen(
        [sys.executable, "-m", "uvicorn", "config.asgi:application", "--port", str(port), *options],
        env=os.environ | {"STREAMS_PER_ADDRESS": "0", "LOG_LEVEL": "WARNING"},
    )
    try:
        while not _answers(port):
            assert process.poll() is None, "the realtime process did not start"
            time.sleep(0.1)
        yield psutil.Process(process.pid), port
    finally:
        process.terminate()
        process.wait(30)


def _answers(port: int) -> bool:
    try:
        return httpx.get(f"http://127.0.0.1:{port}/healthz").status_code == 200
    except httpx.TransportError:
        return False


async def measure(process: psutil.Process, port: int, streams: int) -> dict:
    """All figures of one run."""
    visitors, before, started = Visitors(), process.memory_info().rss, time.monotonic()
    readers = await _open(port, streams, visitors)
    while visitors.caught_up < streams:
        await asyncio.sleep(0.1)
    figures = {"streams": streams, "all caught up after, s": round(time.monotonic() - started, 1)}
    now = process.memory_info().rss
    figures["memory before, MB"] = round(before / 1e6)
    figures["memory with them, MB"] = round(now / 1e6)
    figures["KB for a stream"] = round((now - before) / streams / 1000, 1)
    figures["KB for a stream, process included"] = round(now / streams / 1000, 1)
    with _cpu(process, figures, "CPU while idle, %"):
        await asyncio.sleep(IDLE_SECONDS)
    gc.freeze()
    gc.disable()  # the reader's own pauses are not the figure
    publisher = Publisher(streams)
    for rate in RATES:
        with _cpu(process, figures, f"CPU at {rate}/s, %"):
            sent = await publisher.at_rate(rate)
        figures |= await _arrived(visitors, sent, f"{rate}/s")
    figures |= await _arrived(visitors, await publisher.to_all(), "one to every stream")
    for reader in readers:
        reader.cancel()
    return figures


async def _open(port: int, streams: int, visitors: Visitors) -> list[asyncio.Task]:
    readers = []
    for start in range(0, streams, OPENED_AT_ONCE):
        numbers = range(start, min(start + OPENED_AT_ONCE, streams))
        connections = await asyncio.gather(*(_connect(port, number) for number in numbers))
        readers += [asyncio.create_task(visitors.read(*connection)) for connection in connections]
    return readers


async def _connect(port: int, number: int) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    request = f"GET /api/v1/chat/stream HTTP/1.1\r\nHost: bench\r\nChat-Token: {token(number)}\r\n\r\n"
    writer.write(request.encode())
    return reader, writer


class Publisher:
    """Publishes as the engine does."""

    def __init__(self, streams: int) -> None:
        self._streams = streams
        self._redis = redis.asyncio.Redis.from_url(os.environ["REDIS_URL"])

    async def at_rate(self, rate: int) -> int:
        """To streams drawn at random, steadily; returns how many events."""
        started, sent = time.monotonic(), 0
        while (passed := time.monotonic() - started) < RATE_SECONDS:
            due = int(passed * rate) - sent
            await self._publish([random.randrange(self._streams) for _ in range(due)])
            sent += due
            await asyncio.sleep(0.005)
        return sent

    async def to_all(self) -> int:
        """One event to every stream, as fast as it goes."""
        for start in range(0, self._streams, 1000):
            await self._publish(range(start, min(start + 1000, self._streams)))
        return self._streams

    async def _publish(self, numbers: Iterable[int]) -> None:
        from chats.api.tokens import hash_token  # Django is set up by now
        from chats.live import channel_of, encode

        pipe = self._redis.pipeline(transaction=False)
        for number in numbers:
            pipe.publish(channel_of(hash_token(token(number))), encode("typing", "", {"sent": time.time()}))
        await pipe.execute()


async def _arrived(visitors: Visitors, sent: int, name: str) -> dict:
    deadline = time.monotonic() + 30
    while len(visitors.times) < sent and time.monotonic() < deadline:
        await asyncio.sleep(0.05)
    figures = {
        f"{name}: lost": sent - len(visitors.times),
        f"{name}: median, ms": visitors.milliseconds(0.5),
        f"{name}: p99, ms": visitors.milliseconds(0.99),
    }
    visitors.times.clear()
    return figures


@contextmanager
def _cpu(process: psutil.Process, figures: dict, name: str) -> Iterator[None]:
    times, started = process.cpu_times(), time.monotonic()
    yield
    used = process.cpu_times()
    seconds = used.user + used.system - times.user - times.system
    figures[name] = round(100 * seconds / (time.monotonic() - started), 1)


def main() -> None:
    """Prints the figures."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--streams", type=int, default=10_000)
    streams = parser.parse_args().streams
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    with desk_services(), realtime() as (process, port):
        for name, value in asyncio.run(measure(process, port, streams)).items():
            print(f"{name:40} {value}")


if __name__ == "__main__":
    main()
