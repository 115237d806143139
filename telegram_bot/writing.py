"""Shows in a chat that the answer is being written: «typing…», then sendMessageDraft with what is there so far.

Best effort and never in the way: a call here only hands over to the sender's loop, which speaks to a chat at most once
a second. `stop` waits for the call that is under way, so that nothing is shown after the answer itself.
"""

import asyncio
import secrets
import threading
import time
from concurrent.futures import Future
from concurrent.futures import TimeoutError as FutureTimeout

from telegram.error import InvalidToken

from chats.channels import PermanentDeliveryError, TemporaryDeliveryError
from telegram_bot import sender
from telegram_bot.splitting import LIMIT, split_text

TICK = 1.0  # seconds between two calls for one chat
TYPING_LASTS = 4.5  # seconds; Telegram shows it for 5
LONGEST = 120.0  # seconds; whoever forgets to stop is stopped
WAIT_FOR_CALL = 2.0  # seconds that `stop` gives to the call under way
DRAFTS_OFF_FOR = 600.0  # seconds without drafts after a bot was refused one

_writers: dict[tuple[str, str], "_Writer"] = {}
_guard = threading.Lock()
_no_drafts_until: dict[str, float] = {}


def show(bot: str, address: str, text: str) -> None:
    """The answer as written so far; "" while there is nothing to show yet."""
    with _guard:
        writer = _writers.get((bot, address))
        if writer is None or writer.done:
            writer = _writers[bot, address] = _Writer(bot, address)
        writer.text = text


def stop(bot: str, address: str) -> None:
    """The turn is over: nothing is shown any more once this has returned."""
    with _guard:
        writer = _writers.pop((bot, address), None)
    if writer is not None:
        writer.stop()


class _Writer:
    """What one chat is being shown."""

    def __init__(self, bot: str, address: str):
        self.bot, self.address, self.text = bot, address, ""
        self._over = asyncio.Event()
        self._draft_id = secrets.randbelow(2**31 - 1) + 1
        self._shown = ""
        self._typing_until = 0.0
        self._future: Future = asyncio.run_coroutine_threadsafe(self._run(), sender.get_loop())

    @property
    def done(self) -> bool:
        return self._future.done()

    def stop(self) -> None:
        sender.get_loop().call_soon_threadsafe(self._over.set)
        try:
            self._future.result(WAIT_FOR_CALL)
        except FutureTimeout:
            self._future.cancel()

    async def _run(self) -> None:
        end = time.monotonic() + LONGEST
        while not self._over.is_set() and time.monotonic() < end:
            pause = TICK
            try:
                await self._show()
            except TemporaryDeliveryError as error:
                pause = max(TICK, error.retry_after.total_seconds() if error.retry_after else TICK)
            except PermanentDeliveryError:
                return  # blocked: the answer itself will find out
            try:
                await asyncio.wait_for(self._over.wait(), pause)
            except TimeoutError:
                continue

    async def _show(self) -> None:
        text = self.text
        if text and text != self._shown and await self._draft(text):
            self._shown = text
        elif not self._shown and time.monotonic() > self._typing_until:
            await sender.call_async(
                self.bot, "sendChatAction", {"chat_id": int(self.address), "action": "typing"}
            )
            self._typing_until = time.monotonic() + TYPING_LASTS

    async def _draft(self, text: str) -> bool:
        if _no_drafts_until.get(self.bot, 0) > time.monotonic():
            return False
        piece = split_text(text, LIMIT)[0]
        params = {"chat_id": int(self.address), "draft_id": self._draft_id, "text": piece}
        try:
            await sender.call_async(self.bot, "sendMessageDraft", params)
        except (PermanentDeliveryError, TemporaryDeliveryError) as error:
            if isinstance(error, PermanentDeliveryError) or isinstance(error.__cause__, InvalidToken):
                _no_drafts_until[self.bot] = time.monotonic() + DRAFTS_OFF_FOR
                return False
            raise
        return True
