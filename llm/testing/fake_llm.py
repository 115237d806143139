"""The fake server: OpenAI's and Yandex's APIs on loopback, in a thread of a test or as a process of a bench.

    python -m llm.testing.fake_llm --port 18300 --latency 2

It answers `POST /v1/chat/completions` and `POST /foundationModels/v1/completion`. What it does with the next requests
is put in line with `POST /control` `{"script": [{"fault": "cut"}, {}]}`; `{"default": {...}}` is for the rest, and
`GET /control` shows what it was asked, and when; `GET /load` how many requests are under way.
"""

import argparse
import asyncio
import json
import threading
import time
from collections import deque
from contextlib import suppress
from http import HTTPStatus

from llm.testing import openai_wire, yandex_wire
from llm.testing.behaviour import Behaviour, invent

REMEMBERED = 1000


class FakeLLM:
    """The server. In a test: `with FakeLLM() as fake: fake.script(Behaviour(fault="cut"), Behaviour())`."""

    def __init__(self, *, port: int = 0, default: Behaviour | None = None) -> None:
        self.port = port
        self.default = default or Behaviour()
        self.requests: deque[dict] = deque(maxlen=REMEMBERED)
        self.at_once = 0  # requests being answered now
        self._script: deque[Behaviour] = deque()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._started = threading.Event()
        self._thread: threading.Thread | None = None

    @property
    def openai_url(self) -> str:
        return f"http://127.0.0.1:{self.port}/v1"

    @property
    def yandex_url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def script(self, *behaviours: Behaviour) -> None:
        """Say what to do with the next requests, one behaviour each."""
        self._script.extend(behaviours)

    def __enter__(self) -> "FakeLLM":
        self._thread = threading.Thread(
            target=lambda: asyncio.run(self.serve()), name="fake-llm", daemon=True
        )
        self._thread.start()
        if not self._started.wait(10):
            raise RuntimeError("the fake LLM did not start")
        return self

    def __exit__(self, *exc_info) -> None:
        self._loop.call_soon_threadsafe(self._stopping.set)
        self._thread.join(10)

    async def serve(self) -> None:
        """Serve until stopped."""
        self._loop, self._stopping = asyncio.get_running_loop(), asyncio.Event()
        server = await asyncio.start_server(self._connection, "127.0.0.1", self.port, backlog=1024)
        self.port = server.sockets[0].getsockname()[1]
        self._started.set()
        await self._stopping.wait()
        server.close()
        for task in asyncio.all_tasks() - {asyncio.current_task()}:
            task.cancel()

    async def _connection(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while request := await _read_request(reader):
                if not await self._answer(*request, writer):
                    break
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass
        finally:
            writer.close()

    async def _answer(self, method: str, path: str, headers: dict, body: bytes, writer) -> bool:
        """Answer one request; False closes the connection."""
        if path == "/control":
            await _send_json(writer, *self._control(method, body))
            return True
        if path == "/load":
            await _send_json(writer, 200, {"at_once": self.at_once})
            return True
        wire = {"/v1/chat/completions": openai_wire, "/foundationModels/v1/completion": yandex_wire}.get(path)
        if wire is None or method != "POST":
            await _send_json(writer, 404, {"error": {"message": f"no {method} {path} here"}})
            return True
        asked = json.loads(body)
        request = {"path": path, "headers": headers, "body": asked, "asked": time.time()}
        self.requests.append(request)
        self.at_once += 1
        try:
            return await self._behave(wire, asked, writer)
        finally:
            self.at_once -= 1
            request["finished"] = time.time()

    async def _behave(self, wire, asked: dict, writer) -> bool:
        behaviour = self._script.popleft() if self._script else self.default
        behaviour = invent(behaviour, asked["messages"], bool(asked.get("tools")))
        await asyncio.sleep(behaviour.latency)
        if behaviour.fault == "refuse":
            return False
        if behaviour.fault == "hang":
            await asyncio.sleep(3600)
        if behaviour.fault == "status":
            await _send(writer, behaviour.status, behaviour.headers or {}, behaviour.body.encode())
            return True
        if behaviour.fault == "html":
            await _send(
                writer, 200, {"content-type": "text/html"}, b"<html><body>Please log in</body></html>"
            )
            return True
        return await wire.send(writer, asked, behaviour)

    def _control(self, method: str, body: bytes) -> tuple[int, dict]:
        if method == "GET":
            return 200, {"requests": list(self.requests), "waiting": len(self._script)}
        try:
            told = json.loads(body)
            if "default" in told:
                self.default = Behaviour.from_json(told["default"])
            self.script(*map(Behaviour.from_json, told.get("script", [])))
        except (ValueError, TypeError) as error:
            return 400, {"error": str(error)}
        return 200, {"waiting": len(self._script)}


async def _read_request(reader: asyncio.StreamReader) -> tuple[str, str, dict, bytes] | None:
    try:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
    except asyncio.IncompleteReadError:
        return None
    method, path, _ = head[0].split(" ")
    headers = {
        name.lower(): value.strip() for name, _, value in (line.partition(":") for line in head[1:] if line)
    }
    return (
        method,
        path.split("?")[0],
        headers,
        await reader.readexactly(int(headers.get("content-length", 0))),
    )


async def _send_json(writer, status: int, body: dict) -> None:
    await _send(writer, status, {}, json.dumps(body, ensure_ascii=False).encode())


async def _send(writer, status: int, headers: dict[str, str], body: bytes) -> None:
    named = {"content-type": "application/json", **headers, "content-length": str(len(body))}
    lines = [
        f"HTTP/1.1 {status} {HTTPStatus(status).phrase}",
        *(f"{name}: {value}" for name, value in named.items()),
    ]
    writer.write("\r\n".join(lines).encode() + b"\r\n\r\n" + body)
    await writer.drain()


def main() -> None:
    """Run the server until it is stopped."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--port", type=int, default=18300)
    parser.add_argument(
        "--latency", type=float, default=0.0, help="seconds before the first byte of an answer"
    )
    parser.add_argument("--pause", type=float, default=0.0, help="seconds between the pieces of an answer")
    parser.add_argument("--text", default="", help="what to answer; by default it speaks of the question")
    given = parser.parse_args()
    fake = FakeLLM(
        port=given.port, default=Behaviour(latency=given.latency, pause=given.pause, text=given.text)
    )
    with suppress(KeyboardInterrupt):
        asyncio.run(fake.serve())


if __name__ == "__main__":
    main()
