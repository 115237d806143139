"""Fetches updates with getUpdates, for machines that Telegram cannot reach."""

import logging
import threading

import httpx
from django.conf import settings
from django.db import close_old_connections, connection

from telegram_bot.registration import ALLOWED_UPDATES, register
from telegram_bot.updates import MalformedUpdate, handle_update

logger = logging.getLogger(__name__)

LONG_POLL = 25  # seconds
TIMEOUT = httpx.Timeout(10, read=LONG_POLL + 15)
LONGEST_PAUSE = 60.0  # seconds


class Trouble(Exception):
    """There are no updates to be had now; `pause` is how long the other side asks for, if it does."""

    def __init__(self, reason: str, pause: float | None = None):
        super().__init__(reason)
        self.pause = pause


class Poller(threading.Thread):
    """Fetches the updates of one bot, one after the other. `stop()` lets the update in hand finish."""

    def __init__(self, bot: str):
        super().__init__(name=f"poller-{bot}", daemon=True)
        self.bot = bot
        self.offset: int | None = None
        self._stopped = threading.Event()
        self._busy = threading.Lock()
        self._http = httpx.Client(timeout=TIMEOUT)

    def stop(self, timeout: float = 10.0) -> None:
        """Handles no further update, and waits for the one in hand."""
        self._stopped.set()
        if self._busy.acquire(timeout=timeout):
            self._busy.release()

    def run(self) -> None:
        failures, registered = 0, False
        while not self._stopped.is_set():
            try:
                if not registered:
                    register(self.bot)
                    registered = True
                self.poll_once()
                failures = 0
            except Exception as trouble:  # noqa: BLE001 - a poller that dies loses everything that comes
                failures += 1
                pause = getattr(trouble, "pause", None) or min(2.0 ** (failures - 1), LONGEST_PAUSE)
                logger.warning(
                    "the %s bot: %s: %s; again in %.0f s", self.bot, type(trouble).__name__, trouble, pause
                )
                self._stopped.wait(pause)

    def poll_once(self, timeout: int = LONG_POLL) -> int:
        """Waits for updates, handles them, and returns how many. Raises Trouble and whatever stands in its way.

        The offset moves only after an update is settled: until then Telegram keeps it.
        """
        updates = self._fetch(timeout)
        for update in updates:
            with self._busy:
                if self._stopped.is_set():
                    break
                close_old_connections()
                if not self._handle(update):
                    raise Trouble("an update failed")
                self.offset = update["update_id"] + 1
        connection.close()  # a long poll needs no database
        return len(updates)

    def _fetch(self, timeout: int) -> list[dict]:
        url = f"{settings.TELEGRAM_API_URL}/bot{settings.TELEGRAM_BOT_TOKENS[self.bot]}/getUpdates"
        body = {"timeout": timeout, "allowed_updates": ALLOWED_UPDATES}
        try:
            answer = self._http.post(url, json=body | ({"offset": self.offset} if self.offset else {})).json()
        except ValueError:
            raise Trouble("Telegram's answer is not JSON") from None
        if not answer.get("ok"):
            pause = answer.get("parameters", {}).get("retry_after")
            raise Trouble(f"{answer.get('error_code')} {answer.get('description')}", pause)
        return answer["result"]

    def _handle(self, update: dict) -> bool:
        try:
            return handle_update(self.bot, update)
        except MalformedUpdate:
            logger.exception("the %s bot: not an update", self.bot)
            return True
