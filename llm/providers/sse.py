"""Reads server-sent events, nothing more.

The openai SDK builds a tree of pydantic models for each of them, which costs as much again as all the rest of a stream.
"""

from collections.abc import Iterable, Iterator


def read_events(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """Yield the data of each event; what is left without its blank line at the end is no event."""
    rest, data = b"", []
    for piece in pieces:
        *lines, rest = (rest + piece).split(b"\n")
        for line in lines:
            if line.startswith(b"data:"):
                data.append(line[5:].strip())
            elif data and not line.strip():
                yield b"\n".join(data)
                data = []
