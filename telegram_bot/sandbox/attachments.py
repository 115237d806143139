"""Stickers, photos, voice and the rest that a person sends: contents are made up when none is given."""

import base64
import binascii
import struct
import zlib

from .bot_api.media import image_size
from .errors import ControlError
from .formatting import person_text
from .options import BotSpec
from .world import World

KINDS = ("sticker", "photo", "voice", "document", "contact", "location")


def attachment(world: World, bot: BotSpec, person: dict, kind: str, given: dict) -> dict:
    """The content of a Message of this kind, from the control API's JSON. Raises ControlError."""
    match kind:
        case "sticker":
            file = _keep(world, bot, "stickers", "sticker.webp", "image/webp", b"RIFF\x00\x00\x00\x00WEBP")
            return {
                "sticker": file | {
                    "type": "regular", "emoji": str(given.get("emoji") or "👍"), "width": 512, "height": 512,
                    "is_animated": False, "is_video": False,
                }
            }  # fmt: skip
        case "photo":
            content = _content(given) or picture()
            width, height = image_size(content)
            file = _keep(world, bot, "photos", "photo.png", "image/png", content)
            return {"photo": [file | {"width": width, "height": height}]} | _caption(given)
        case "voice":
            file = _keep(
                world, bot, "voice", "voice.ogg", "audio/ogg", _content(given) or b"OggS" + bytes(60)
            )
            return {"voice": file | {"duration": int(given.get("duration", 3)), "mime_type": "audio/ogg"}}
        case "document":
            name = str(given.get("file_name") or "document.txt")
            mime = str(given.get("mime_type") or "text/plain")
            file = _keep(world, bot, "documents", name, mime, _content(given) or "Пример файла\n".encode())
            return {"document": file | {"file_name": name, "mime_type": mime}} | _caption(given)
        case "contact":
            return {
                "contact": {
                    "phone_number": str(given.get("phone_number") or "+70000000000"),
                    "first_name": person["first_name"],
                    "user_id": person["id"],
                }
            }
        case "location":
            return {
                "location": {
                    "latitude": float(given.get("latitude", 55.7522)),
                    "longitude": float(given.get("longitude", 37.6156)),
                }
            }
    raise ControlError(404, "not_found", f"kinds are {', '.join(KINDS)}")


def picture(width: int = 320, height: int = 200) -> bytes:
    """A PNG with a gradient, made here."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    rows = bytearray()
    for y in range(height):
        rows.append(0)
        for x in range(width):
            rows += bytes((90 + 120 * x // width, 140 + 80 * y // height, 220 - 60 * x // width))
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(bytes(rows)))
        + chunk(b"IEND", b"")
    )


def _keep(world: World, bot: BotSpec, folder: str, name: str, mime_type: str, content: bytes) -> dict:
    added = world.store.files.add(
        bot_id=bot.id, folder=folder, name=name, mime_type=mime_type, content=content
    )
    return {"file_id": added["id"], "file_unique_id": added["unique_id"], "file_size": added["size"]}


def _content(given: dict) -> bytes:
    try:
        return base64.b64decode(given.get("content") or "", validate=True)
    except (binascii.Error, ValueError, TypeError) as error:
        raise ControlError(400, "bad_content", "content must be base64") from error


def _caption(given: dict) -> dict:
    caption, entities = person_text(str(given.get("caption") or ""))
    if not caption:
        return {}
    return {"caption": caption} | ({"caption_entities": entities} if entities else {})
