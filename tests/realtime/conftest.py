"""A visitor's end of the event stream."""

import contextlib
import json
import socket
import threading
import time
from collections.abc import Callable, Iterator

import httpx
import pytest


class Listener:
    """Reads a stream in a thread of its own; `events` are (name, data, id)."""

    def __init__(self, url: str, *, token: str, after: int = 0, headers: dict | None = None) -> None:
        self.events: list[tuple[str, dict, str | None]] = []
        self.comments = 0
        self.retries: list[int] = []
        self.error: Exception | None = None
        self.ended = threading.Event()
        self._client = httpx.Client(timeout=httpx.Timeout(10, read=60))
        request = self._client.build_request(
            "GET", f"{url}/api/v1/chat/stream?after={after}", headers={"Chat-Token": token} | (headers or {})
        )
        self.response = self._client.send(request, stream=True)
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()

    def named(self, *names: str) -> list[dict]:
        """The data of the events of these names, in order."""
        return [data for name, data, _ in self.events if name in names]

    @property
    def seqs(self) -> list[int]:
        """The seqs of the messages, in the order of their arrival."""
        return [data["seq"] for data in self.named("message")]

    @property
    def partial(self) -> str:
        """The answer as the visitor sees it being written: what the widget makes of the events."""
        text, state = "", None
        for name, data, _ in self.events:
            if name == "delta":
                text += data["text"]
            elif name == "retract" or (name == "message" and data["author"] != "visitor"):
                text = ""
            elif name == "state" and data["state"] != state:
                text, state = "", data["state"]
        return text

    def close(self) -> None:
        """Leaves. A mere close would not reach the server while the other thread reads."""
        with contextlib.suppress(OSError):
            stream = self.response.extensions["network_stream"]
            stream.get_extra_info("socket").shutdown(socket.SHUT_RDWR)
        self._thread.join(5)
        self.response.close()
        self._client.close()

    def _read(self) -> None:
        block: dict[str, str] = {}
        try:
            for line in self.response.iter_lines():
                if line.startswith(":"):
                    self.comments += 1
                elif line:
                    name, _, value = line.partition(": ")
                    block[name] = value
                elif block:
                    self._end_block(block)
                    block = {}
        except (httpx.TransportError, httpx.StreamError, OSError) as error:
            self.error = error
        finally:
            self.ended.set()

    def _end_block(self, block: dict[str, str]) -> None:
        if "retry" in block:
            self.retries.append(int(block["retry"]))
        if "data" in block:
            self.events.append((block["event"], json.loads(block["data"]), block.get("id")))


@pytest.fixture
def listen(realtime_server) -> Iterator[Callable[..., Listener]]:
    """Opens a stream, and returns once it has caught up: `listen(token=..., after=...)`."""
    opened: list[Listener] = []

    def open_stream(*, token: str, after: int = 0, url: str = realtime_server.url, headers=None) -> Listener:
        listener = Listener(url, token=token, after=after, headers=headers)
        opened.append(listener)
        deadline = time.monotonic() + 10
        while listener.response.status_code == 200 and not listener.named("state"):
            assert time.monotonic() < deadline, f"no state within 10 s: {listener.events}"
            time.sleep(0.01)
        return listener

    yield open_stream
    for listener in opened:
        listener.close()
