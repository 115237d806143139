"""Reads and rebuilds PNG files, chunk by chunk: https://www.w3.org/TR/png/"""

import struct
import zlib
from collections.abc import Iterator

SIGNATURE = b"\x89PNG\r\n\x1a\n"
LARGEST_SIDE = 4096  # pixels
_PICTURE = (b"IHDR", b"PLTE", b"tRNS", b"IDAT", b"IEND")
_HEADER_LENGTH = 13


class BadPng(ValueError):
    """The file is cut, damaged or too large."""


def read_chunks(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    """The chunks of a PNG: (type, content). Raises BadPng."""
    if not data.startswith(SIGNATURE):
        raise BadPng("это не PNG")
    at = len(SIGNATURE)
    while at < len(data):
        if at + 12 > len(data):
            raise BadPng("файл обрезан")
        (length,) = struct.unpack_from(">I", data, at)
        kind, content = data[at + 4 : at + 8], data[at + 8 : at + 8 + length]
        if at + 12 + length > len(data):
            raise BadPng("файл обрезан")
        (checksum,) = struct.unpack_from(">I", data, at + 8 + length)
        if checksum != zlib.crc32(kind + content):
            raise BadPng("файл повреждён")
        yield kind, content
        if kind == b"IEND":
            return
        at += 12 + length
    raise BadPng("файл обрезан")


def read_texts(data: bytes) -> dict[str, bytes]:
    """The tEXt chunks by keyword, lower case; the first of each counts. Raises BadPng."""
    texts: dict[str, bytes] = {}
    for kind, content in read_chunks(data):
        if kind == b"tEXt":
            keyword, _, text = content.partition(b"\x00")
            texts.setdefault(keyword.decode("latin-1").lower(), text)
    return texts


def picture_only(data: bytes) -> bytes:
    """The same picture without texts, profiles and whatever else its file carries. Raises BadPng."""
    chunks = [(kind, content) for kind, content in read_chunks(data) if kind in _PICTURE]
    kind, header = chunks[0]
    if kind != b"IHDR" or len(header) != _HEADER_LENGTH:
        raise BadPng("файл повреждён")
    width, height = struct.unpack_from(">II", header)
    if not (0 < width <= LARGEST_SIDE and 0 < height <= LARGEST_SIDE):
        raise BadPng(f"картинка больше {LARGEST_SIDE} точек")
    return SIGNATURE + b"".join(make_chunk(kind, content) for kind, content in chunks)


def make_chunk(kind: bytes, content: bytes) -> bytes:
    """One chunk as it stands in a file."""
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))
