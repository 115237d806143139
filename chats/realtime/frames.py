"""The bytes of server-sent events. The JSON comes from the publisher and is passed on as it is."""

import json

HEARTBEAT = b": \n\n"
RETRACT = b"event: retract\ndata: {}\n\n"


def event(name: bytes, data: bytes) -> bytes:
    """An event without an id: losing it costs nothing that a later event does not tell."""
    return b"event: %b\ndata: %b\n\n" % (name, data)


def message(seq: int, data: bytes) -> bytes:
    """A message; its id is where a client that reconnects goes on."""
    return b"id: %d\nevent: message\ndata: %b\n\n" % (seq, data)


def retry(milliseconds: int) -> bytes:
    """How long the client is to wait before it reconnects."""
    return b"retry: %d\n\n" % milliseconds


def as_json(data: dict) -> bytes:
    """The JSON of what did not come from a publisher."""
    return json.dumps(data, ensure_ascii=False).encode("utf-8", "replace")
