"""A bare asyncio SSE server: one Redis connection for all, no checks, no memory: `python -m bench.floors.sse <port>`.

POST /publish answers at once and writes its body to the stream of the token, as the least that a chat could do.
"""

import asyncio
import os
import sys
from collections import defaultdict

import redis.asyncio

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\nevent: state\ndata: {}\n\n"
OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"
streams: dict[bytes, set[asyncio.StreamWriter]] = defaultdict(set)


async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """One connection: a stream, or requests."""
    while head := await _head(reader):
        fields = dict(line.lower().split(b": ", 1) for line in head.split(b"\r\n")[1:] if b": " in line)
        if head.startswith(b"GET /api/v1/chat/stream"):
            from chats.api.tokens import hash_token
            from chats.live import channel_of

            name = channel_of(hash_token(fields[b"chat-token"].decode())).encode()
            streams[name].add(writer)
            writer.write(HEAD)
        else:
            writer.write(OK)


async def _head(reader: asyncio.StreamReader) -> bytes:
    try:
        return await reader.readuntil(b"\r\n\r\n")
    except (asyncio.IncompleteReadError, ConnectionError):
        return b""


async def spread() -> None:
    """What is published goes to the streams of its channel."""
    pubsub = redis.asyncio.Redis.from_url(os.environ["REDIS_URL"]).pubsub()
    await pubsub.psubscribe("live:*")
    async for message in pubsub.listen():
        if message["type"] == "pmessage":
            head, _, data = message["data"].partition(b"\n")
            frame = b"event: " + head.split(b" ")[0] + b"\ndata: " + data + b"\n\n"
            for writer in streams.get(message["channel"], ()):
                writer.write(frame)


async def main() -> None:
    """For ever."""
    import django

    django.setup()
    listening = asyncio.create_task(spread())
    server = await asyncio.start_server(serve, "127.0.0.1", int(sys.argv[1]), backlog=4096)
    await asyncio.gather(listening, server.serve_forever())


if __name__ == "__main__":
    asyncio.run(main())
