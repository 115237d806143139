"""sendMessageDraft: the partial text of an answer that is being written (Bot API 9.3; for all bots since 9.5)."""

import time

from telegram_bot.sandbox.errors import bad_request
from telegram_bot.sandbox.formatting import utf16_length

from .chat import find_writable
from .methods import Call, method
from .sending import MAX_TEXT, read_text


@method("sendMessageDraft")
def send_message_draft(call: Call) -> bool:
    """Shown for 30 seconds or until the message comes; an empty text shows "Thinking..."."""
    text, entities = read_text(call, "text")
    person = find_writable(call)
    draft_id = call.params.integer("draft_id")
    if draft_id == 0:
        raise bad_request("RANDOM_ID_INVALID")
    if utf16_length(text) > MAX_TEXT:
        raise bad_request("message is too long")
    call.world.limiter.spend_draft(call.bot.id, person["id"])
    # A draft with another id takes the place of the one before.
    call.world.drafts[(call.bot.id, person["id"])] = {
        draft_id: {"draft_id": draft_id, "text": text, "entities": entities, "updated": time.time()}
    }
    call.world.events.publish("draft", bot=call.bot.name, person=person["id"])
    return True
