"""answerCallbackQuery."""

import time

from telegram_bot.sandbox.errors import bad_request
from telegram_bot.sandbox.formatting import utf16_length

from .methods import Call, method

MAX_ANSWER = 200
ANSWERABLE_SECONDS = 150
TOO_OLD = "query is too old and response timeout expired or query ID is invalid"


@method("answerCallbackQuery")
def answer_callback_query(call: Call) -> bool:
    """A toast or an alert for who pressed the button; without a text the button just stops spinning."""
    callback = call.world.store.callbacks.get(call.params.text("callback_query_id"))
    if (
        callback is None
        or callback["bot_id"] != call.bot.id
        or callback["answered"]
        or time.time() - callback["created_at"] > ANSWERABLE_SECONDS
    ):
        raise bad_request(TOO_OLD)
    text = call.params.text("text")
    if utf16_length(text) > MAX_ANSWER:
        raise bad_request("MESSAGE_TOO_LONG")
    url = call.params.text("url")
    if url and not url.startswith(("https://t.me/", "tg://", "t.me/")):
        raise bad_request("URL_INVALID")
    call.world.store.callbacks.answer(
        callback["id"], text=text, show_alert=call.params.boolean("show_alert"), url=url
    )
    call.world.events.publish("callback_answer", bot=call.bot.name, person=callback["person_id"])
    return True
