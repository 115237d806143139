"""sendDocument, sendPhoto, getFile."""

import struct

from telegram_bot.sandbox.errors import bad_request
from telegram_bot.sandbox.formatting import utf16_length

from .chat import find_writable
from .keyboards import read_markup
from .methods import Call, method
from .sending import MAX_CAPTION, deliver, read_text

IMAGES = {b"\x89PNG": "image/png", b"\xff\xd8\xff": "image/jpeg", b"GIF8": "image/gif", b"RIFF": "image/webp"}


@method("sendDocument")
def send_document(call: Call) -> dict:
    """A file."""
    return _send(call, "document")


@method("sendPhoto")
def send_photo(call: Call) -> dict:
    """An image."""
    return _send(call, "photo")


@method("getFile")
def get_file(call: Call) -> dict:
    """Where a file's content can be fetched: `/file/bot<token>/<file_path>`."""
    found = call.world.store.files.get(call.params.text("file_id"), bot_id=call.bot.id)
    if found is None:
        raise bad_request("invalid file_id")
    return {
        "file_id": found["id"],
        "file_unique_id": found["unique_id"],
        "file_size": len(found["content"]),
        "file_path": found["path"],
    }


def _send(call: Call, kind: str) -> dict:
    caption, entities = read_text(call, "caption")
    markup = read_markup(
        call.params.json("reply_markup", "reply keyboard markup"),
        allow_remote=call.world.options.allow_remote,
    )
    person = find_writable(call)
    if utf16_length(caption) > MAX_CAPTION:
        raise bad_request("message caption is too long")
    content = {kind: document_of(call, kind) if kind == "document" else _photo_of(call)}
    if caption:
        content["caption"] = caption
    if entities:
        content["caption_entities"] = entities
    return deliver(call, person, content, markup)


def document_of(call: Call, kind: str) -> dict:
    """A Document for an upload or for a file_id that the bot has. Raises BotApiError."""
    found = _file(call, kind, "documents")
    return {
        "file_name": found["name"],
        "mime_type": found["mime_type"],
        "file_id": found["id"],
        "file_unique_id": found["unique_id"],
        "file_size": len(found["content"]),
    }


def _photo_of(call: Call) -> list[dict]:
    found = _file(call, "photo", "photos")
    if not any(found["content"].startswith(head) for head in IMAGES):
        raise bad_request("IMAGE_PROCESS_FAILED")
    width, height = image_size(found["content"])
    return [
        {
            "file_id": found["id"],
            "file_unique_id": found["unique_id"],
            "file_size": len(found["content"]),
            "width": width,
            "height": height,
        }
    ]


def _file(call: Call, kind: str, folder: str) -> dict:
    upload = call.params.file(kind)
    given = call.params.text(kind)
    if upload is None and not given:
        raise bad_request(f"there is no {kind} in the request")
    files = call.world.store.files
    if upload is not None:
        if not upload.content:
            raise bad_request("file must be non-empty")
        mime_type = upload.mime_type
        for head, image in IMAGES.items():
            if kind == "photo" and upload.content.startswith(head):
                mime_type = image
        added = files.add(
            bot_id=call.bot.id, folder=folder, name=upload.name, mime_type=mime_type, content=upload.content
        )
        return files.get(added["id"])
    found = files.get(given, bot_id=call.bot.id)
    if found is None:
        raise bad_request("wrong file identifier/HTTP URL specified")
    return found


def image_size(content: bytes) -> tuple[int, int]:
    """Width and height of a PNG; other formats are taken for 640 x 480."""
    if content.startswith(b"\x89PNG") and len(content) >= 24:
        return struct.unpack(">II", content[16:24])
    return 640, 480
