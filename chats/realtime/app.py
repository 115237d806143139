"""The ASGI application of the realtime process."""

import asyncio
import contextlib
import gc
import json
import logging
import resource
import signal
from collections.abc import Callable

from django.db import Error, connection

from chats.realtime import frames, requests
from chats.realtime.hub import Hub, TooManyStreams
from chats.realtime.requests import Headers, Refused

logger = logging.getLogger(__name__)

# A full collection over 10,000 open streams takes 0.2 s of CPU, in which nobody is served, and finds next to nothing:
# with Python's own thresholds a wave of reconnecting visitors meant one every second.
GC_THRESHOLDS = (20_000, 20, 20)
LARGEST_HEADERS = 32 * 1024  # bytes; uvicorn lets more through when they arrive in one piece
READY_SECONDS = 3  # a database that takes longer to answer is as good as none
RETRY_AT_FIRST = 1500  # milliseconds: how long a client waits after a connection that broke
STREAM_HEADERS: Headers = [
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"cache-control", b"no-store"),
    (b"x-accel-buffering", b"no"),
]
JSON = (b"content-type", b"application/json")

_hub: Hub | None = None


async def application(scope, receive, send) -> None:
    """GET /api/v1/chat/stream; /healthz and /readyz."""
    if scope["type"] == "lifespan":
        await _live(receive, send)
    elif scope["type"] == "http":
        await _answer(scope, receive, send)
    else:
        await send({"type": "websocket.close"})


async def _answer(scope, receive, send) -> None:
    path, cors = scope["path"].rstrip("/"), []
    try:
        if sum(len(name) + len(value) for name, value in scope["headers"]) > LARGEST_HEADERS:
            raise Refused(431, "headers_too_large", "The headers are larger than 32 KB.")
        if path not in ROUTES:
            raise Refused(404, "not_found", "Not found.")
        if path == STREAM:
            cors = requests.cors_headers(requests.read_headers(scope))
        await ROUTES[path](scope, receive, send)
    except Refused as error:
        await _start(send, error.status, [JSON, _length(error.body), *cors, *error.headers])
        await send({"type": "http.response.body", "body": error.body})


async def _healthz(scope, receive, send) -> None:
    await _respond(send, 200, {"status": "ok"})


async def _stream(scope, receive, send) -> None:
    headers = requests.read_headers(scope)
    if scope["method"] == "OPTIONS":
        await _start(send, 200, requests.preflight_headers(headers))
        await send({"type": "http.response.body", "body": b""})
        return
    if scope["method"] != "GET":
        allow = [(b"allow", b"GET, OPTIONS")]
        raise Refused(405, "method_not_allowed", f'Method "{scope["method"]}" not allowed.', headers=allow)
    token_hash, after = requests.read_token_hash(headers), requests.read_after(scope, headers)
    hub = _running_hub()
    if hub.closing:
        raise Refused(503, "restarting", "The server is restarting.", headers=[(b"retry-after", b"1")])
    try:
        stream = hub.open(
            token_hash=token_hash, after=after, address=requests.read_address(scope, headers), send=send
        )
    except TooManyStreams:
        detail = "Too many streams are open from this address."
        raise Refused(429, "throttled", detail, headers=[(b"retry-after", b"30")]) from None
    try:
        await _start(send, 200, [*STREAM_HEADERS, *requests.cors_headers(headers)])
        stream.push(frames.retry(RETRY_AT_FIRST))
        while (await receive())["type"] != "http.disconnect":
            pass  # a body that nobody asked for
    finally:
        hub.forget(stream)


async def _readyz(scope, receive, send) -> None:
    """200 when PostgreSQL and Redis answer, else 503. Streams live on without Redis, only slower."""
    parts = {
        "database": await _within(READY_SECONDS, _ask_database),
        "redis": "ok" if _running_hub().subscriber.connected else "ConnectionError",
    }
    ready = all(word == "ok" for word in parts.values())
    await _respond(send, 200 if ready else 503, {"status": "ok" if ready else "not ready", **parts})


async def _within(seconds: float, ask: Callable[[], str]) -> str:
    try:
        return await asyncio.wait_for(asyncio.get_running_loop().run_in_executor(None, ask), seconds)
    except TimeoutError:
        return "TimeoutError"


def _ask_database() -> str:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except Error as error:
        return type(error).__name__
    finally:
        connection.close()
    return "ok"


STREAM = "/api/v1/chat/stream"
#: Everything that this process serves; the table of access (tests/attacks) has a row for each.
ROUTES = {"/healthz": _healthz, "/readyz": _readyz, STREAM: _stream}

# --- the life of the process


def _running_hub() -> Hub:
    global _hub
    if _hub is None:
        _hub = Hub()
        _hub.start()
    return _hub


async def _live(receive, send) -> None:
    global _hub
    await receive()
    hub = _running_hub()
    _raise_file_limit()
    _close_streams_at(signal.SIGTERM, hub)
    _close_streams_at(signal.SIGINT, hub)
    gc.collect()
    gc.freeze()  # what Django has loaded stays: the collector need not look at it again and again
    gc.set_threshold(*GC_THRESHOLDS)
    await send({"type": "lifespan.startup.complete"})
    await receive()
    await hub.stop()
    _hub = None
    await send({"type": "lifespan.shutdown.complete"})


def _close_streams_at(number: signal.Signals, hub: Hub) -> None:
    """Puts ourselves before the server's own handler, which only waits for the streams to end by themselves."""
    loop, server_handler = asyncio.get_running_loop(), signal.getsignal(number)

    def handler(*args) -> None:
        loop.call_soon_threadsafe(hub.close_all)
        if callable(server_handler):
            server_handler(*args)

    with contextlib.suppress(ValueError):  # not in the main thread: nobody sends us signals there
        signal.signal(number, handler)


def _raise_file_limit() -> None:
    """Each stream is an open file; the usual soft limit of 1,024 is for other programs."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    logger.info("up to %s open files (was %s)", hard, soft)


# --- answers


async def _respond(send, status: int, data: dict) -> None:
    body = json.dumps(data).encode()
    await _start(send, status, [JSON, _length(body)])
    await send({"type": "http.response.body", "body": body})


async def _start(send, status: int, headers: Headers) -> None:
    await send({"type": "http.response.start", "status": status, "headers": headers})


def _length(body: bytes) -> tuple[bytes, bytes]:
    return b"content-length", str(len(body)).encode()
