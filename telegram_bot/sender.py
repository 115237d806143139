"""Speaks to the Bot API: one event-loop thread for each process, one shared Bot for each token.

python-telegram-bot is asynchronous and the workers are threads. A loop for each call would cost 70-130 ms; handing
the call over to the one loop costs 1 ms, and a thousand threads share the connections.
"""

import asyncio
import os
import threading
from concurrent.futures import TimeoutError as FutureTimeout
from datetime import timedelta
from functools import cache

from django.conf import settings
from telegram import Bot, BotCommand, InputFile
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Forbidden,
    NetworkError,
    RetryAfter,
    TelegramError,
    TimedOut,
)
from telegram.request import HTTPXRequest

from chats.channels import PermanentDeliveryError, TemporaryDeliveryError

os.environ.setdefault("PTB_TIMEDELTA", "true")  # RetryAfter.retry_after as a timedelta, as it will be

CONNECT_TIMEOUT = 5.0  # seconds
READ_TIMEOUT = 15.0
POOL_TIMEOUT = 20.0
AT_ONCE = (
    32  # calls of one process: 32 at 60 ms are 500 a second, and httpx looks at each connection at each call
)
LONGEST_CALL = 45.0  # seconds, whatever arrives how slowly
LONGEST_WAIT = 600.0  # seconds after which a thread stops waiting for its turn and its call

#: BadRequests that mean "it is so already" or "nobody waits for it any more".
_HARMLESS = ("message is not modified", "query is too old", "query id is invalid")


def call(bot: str, method: str, params: dict):
    """Calls a method of the Bot API ("sendMessage") from any thread, and returns what PTB makes of the result.

    Raises TemporaryDeliveryError or PermanentDeliveryError.
    """
    future = asyncio.run_coroutine_threadsafe(call_async(bot, method, params), get_loop())
    try:
        return future.result(LONGEST_WAIT)
    except FutureTimeout:
        future.cancel()
        raise TemporaryDeliveryError(f"no turn in {LONGEST_WAIT:.0f} s") from None


async def call_async(bot: str, method: str, params: dict):
    """The same on the loop itself, for what is written there."""
    token = settings.TELEGRAM_BOT_TOKENS.get(bot)
    if not token:
        raise TemporaryDeliveryError(f"the {bot} bot has no token")
    api = get_bot(token, settings.TELEGRAM_API_URL)
    try:
        async with _turns, asyncio.timeout(LONGEST_CALL):
            return await getattr(api, _METHODS[method])(**_typed(params))
    except TimeoutError:
        raise TemporaryDeliveryError(f"no answer in {LONGEST_CALL:.0f} s") from None
    except TelegramError as error:
        translated = translate(error)
        if translated is None:
            return None
        raise translated from error


def translate(error: TelegramError) -> Exception | None:
    """The engine's word for an error of Telegram; None where nothing is wrong.

    The order matters: BadRequest and TimedOut are NetworkErrors for PTB.
    """
    if isinstance(error, RetryAfter):
        wait = error.retry_after
        return TemporaryDeliveryError(
            error.message, retry_after=wait if isinstance(wait, timedelta) else timedelta(seconds=wait)
        )
    if isinstance(error, BadRequest):
        harmless = any(words in error.message.lower() for words in _HARMLESS)
        return None if harmless else PermanentDeliveryError(error.message)
    if isinstance(error, (Forbidden, ChatMigrated)):
        return PermanentDeliveryError(error.message)
    if isinstance(error, (TimedOut, NetworkError)):
        return TemporaryDeliveryError(error.message)
    return TemporaryDeliveryError(
        f"{type(error).__name__}: {error.message}"
    )  # a wrong token: an admin may mend it


def get_loop() -> asyncio.AbstractEventLoop:
    """The loop of this process, started at its first use."""
    global _loop
    with _guard:
        if _loop is None:
            _loop = asyncio.new_event_loop()
            threading.Thread(target=_loop.run_forever, name="telegram-sender", daemon=True).start()
        return _loop


@cache
def get_bot(token: str, api_url: str) -> Bot:
    """The shared Bot of a token. It is never initialised: that would only add a getMe."""
    request = HTTPXRequest(
        connection_pool_size=AT_ONCE,
        connect_timeout=CONNECT_TIMEOUT,
        read_timeout=READ_TIMEOUT,
        write_timeout=READ_TIMEOUT,
        pool_timeout=POOL_TIMEOUT,
    )
    return Bot(token, base_url=f"{api_url}/bot", base_file_url=f"{api_url}/file/bot", request=request)


def _typed(params: dict) -> dict:
    """The parameters, where PTB takes nothing but its own classes."""
    typed = dict(params)
    if "document" in params:
        document = params["document"]
        typed["document"] = InputFile(document["content"].encode(), filename=document["filename"])
    if "commands" in params:
        typed["commands"] = [BotCommand(**command) for command in params["commands"]]
    return typed


_METHODS = {
    "sendMessage": "send_message",
    "sendMessageDraft": "send_message_draft",
    "sendChatAction": "send_chat_action",
    "sendDocument": "send_document",
    "editMessageText": "edit_message_text",
    "editMessageReplyMarkup": "edit_message_reply_markup",
    "deleteMessage": "delete_message",
    "answerCallbackQuery": "answer_callback_query",
    "setMyCommands": "set_my_commands",
    "setChatMenuButton": "set_chat_menu_button",
    "setWebhook": "set_webhook",
    "deleteWebhook": "delete_webhook",
}
_guard = threading.Lock()
_loop: asyncio.AbstractEventLoop | None = None
_turns = asyncio.Semaphore(AT_ONCE)


def _forget_loop() -> None:
    """A forked child has no loop thread, and must not share its parent's connections."""
    global _loop, _guard, _turns
    _guard, _loop, _turns = threading.Lock(), None, asyncio.Semaphore(AT_ONCE)
    get_bot.cache_clear()


os.register_at_fork(after_in_child=_forget_loop)
