"""editMessageText, editMessageReplyMarkup, editMessageCaption, deleteMessage(s)."""

import time

from telegram_bot.sandbox.errors import bad_request
from telegram_bot.sandbox.formatting import utf16_length

from .chat import find_person, find_writable
from .keyboards import read_markup
from .methods import Call, method
from .sending import MAX_CAPTION, MAX_TEXT, read_text

NOT_MODIFIED = (
    "message is not modified: specified new message content and reply markup are exactly the same as a current"
    " content and reply markup of the message"
)
# A message can be deleted for this long; not tried by tests, but true.
DELETABLE_SECONDS = 48 * 3600


@method("editMessageText")
def edit_message_text(call: Call) -> dict:
    """Another text and other buttons: buttons that are not given again disappear, as at Telegram."""
    if not call.params.text("text"):
        raise bad_request("message text is empty")
    text, entities = read_text(call, "text")
    inline = _inline(call)
    row = _own_message(call)
    if "text" not in row["payload"]:
        raise bad_request("there is no text in the message to edit")
    if not text:
        raise bad_request("message text is empty")
    if utf16_length(text) > MAX_TEXT:
        raise bad_request("MESSAGE_TOO_LONG")
    return _edit(call, row, {"text": text, "entities": entities}, inline)


@method("editMessageCaption")
def edit_message_caption(call: Call) -> dict:
    """Another caption of a document or photo."""
    text, entities = read_text(call, "caption")
    inline = _inline(call)
    row = _own_message(call)
    if "text" in row["payload"]:
        raise bad_request("there is no caption in the message to edit")
    if utf16_length(text) > MAX_CAPTION:
        raise bad_request("message caption is too long")
    return _edit(call, row, {"caption": text, "caption_entities": entities}, inline)


@method("editMessageReplyMarkup")
def edit_message_reply_markup(call: Call) -> dict:
    """Other buttons, or none."""
    inline = _inline(call)
    return _edit(call, _own_message(call), {}, inline)


@method("deleteMessage")
def delete_message(call: Call) -> bool:
    """Gone for both. In a private chat a bot may delete its own messages and the person's."""
    person = find_person(call)
    row = call.world.store.messages.get(call.bot.id, person["id"], call.params.integer("message_id"))
    if row is None:
        raise bad_request("message to delete not found")
    if time.time() - row["payload"]["date"] > DELETABLE_SECONDS:
        raise bad_request("message can't be deleted for everyone")
    _delete(call, person, row)
    return True


@method("deleteMessages")
def delete_messages(call: Call) -> bool:
    """Up to 100; those that cannot be found are skipped."""
    person = find_person(call)
    ids = call.params.json("message_ids", "message identifiers")
    if not isinstance(ids, list) or not ids or len(ids) > 100:
        raise bad_request("message identifiers are not specified")
    for message_id in ids:
        row = call.world.store.messages.get(call.bot.id, person["id"], int(message_id))
        if row:
            _delete(call, person, row)
    return True


def _delete(call: Call, person: dict, row: dict) -> None:
    call.world.store.messages.delete(call.bot.id, row["message_id"])
    call.world.events.publish("delete", bot=call.bot.name, person=person["id"])


def _inline(call: Call) -> dict | None:
    value = call.params.json("reply_markup", "inline keyboard markup")
    return read_markup(value, allow_remote=call.world.options.allow_remote, inline_only=True)[0]


def _own_message(call: Call) -> dict:
    if not call.params.text("chat_id") and call.params.text("inline_message_id"):
        raise bad_request("MESSAGE_ID_INVALID")
    person = find_writable(call)
    message_id = call.params.integer("message_id")
    if not message_id:
        raise bad_request("message identifier is not specified")
    row = call.world.store.messages.get(call.bot.id, person["id"], message_id)
    if row is None:
        raise bad_request("message to edit not found")
    if row["outgoing"]:
        raise bad_request("message can't be edited")
    return row


def _edit(call: Call, row: dict, content: dict, inline: dict | None) -> dict:
    old = row["payload"]
    new = {key: value for key, value in old.items() if key not in (*content, "reply_markup")}
    new |= {key: value for key, value in content.items() if value}
    if inline:
        new["reply_markup"] = inline
    if {k: v for k, v in new.items() if k != "edit_date"} == {
        k: v for k, v in old.items() if k != "edit_date"
    }:
        raise bad_request(NOT_MODIFIED)
    call.world.limiter.spend_message(call.bot.id, row["person_id"])
    new["edit_date"] = int(time.time())
    call.world.store.messages.replace(call.bot.id, new, edited=bool(content))
    call.world.events.publish("edit", bot=call.bot.name, person=row["person_id"])
    return new
