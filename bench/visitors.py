"""Visitors of the website over real HTTP: each posts on one connection and reads the stream on another."""

import asyncio
import json
import time
import uuid
from dataclasses import dataclass, field

import httpx


@dataclass(slots=True)
class Event:
    """What came over the stream, and when (time.time())."""

    name: str
    data: dict
    at: float


@dataclass(slots=True)
class Visitor:
    """One visitor; `events` holds what came since the last `say`."""

    token: str
    http: httpx.AsyncClient
    realtime: int
    events: list[Event] = field(default_factory=list)
    changed: asyncio.Event = field(default_factory=asyncio.Event)
    reading: asyncio.Task | None = None

    async def open(self) -> None:
        """Opens the stream, and returns once it has caught up."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self.realtime)
        head = f"GET /api/v1/chat/stream HTTP/1.1\r\nHost: bench\r\nChat-Token: {self.token}\r\n\r\n"
        writer.write(head.encode())
        self.reading = asyncio.create_task(self._read(reader, writer))
        await self.wait("state")

    async def say(self, text: str) -> float:
        """Posts a message, and returns when that was begun."""
        self.events.clear()
        started = time.time()
        body = {"text": text, "client_id": str(uuid.uuid4())}
        answer = await self.http.post("/api/v1/chat/messages", json=body, headers={"Chat-Token": self.token})
        assert answer.status_code == 201, answer.text
        return started

    async def wait(self, name: str, seconds: float = 60, **wanted) -> Event:
        """The first event of this name with these fields since the last `say`. Raises TimeoutError."""
        async with asyncio.timeout(seconds):
            while True:
                for event in self.events:
                    if event.name == name and wanted.items() <= event.data.items():
                        return event
                self.changed.clear()
                await self.changed.wait()

    async def _read(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        name = ""
        while line := await reader.readline():  # the writer is kept: without it the connection would close
            if line.startswith(b"event: "):
                name = line[7:].decode().strip()
            elif line.startswith(b"data: ") and name:
                self.events.append(Event(name, json.loads(line[6:]), time.time()))
                self.changed.set()


def percentile(times: list[float], share: float) -> float:
    """In milliseconds: the time within which this share was done."""
    return sorted(times)[int((len(times) - 1) * share)] * 1000
