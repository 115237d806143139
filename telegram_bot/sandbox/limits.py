"""Telegram's limits on sending: token buckets per chat, per bot and for drafts."""

import math
import time

from .errors import too_many_requests
from .options import Limits


class RateLimiter:
    """Raises 429 with the seconds after which one more call is allowed."""

    def __init__(self, limits: Limits, *, clock=time.monotonic):
        self.limits = limits
        self._clock = clock
        self._buckets: dict[tuple, tuple[float, float]] = {}  # key: (tokens, when)

    def spend_message(self, bot_id: int, chat_id: int) -> None:
        """One message or edit. Nothing is spent when it is refused."""
        limits = self.limits
        self._spend(
            [
                (("chat", bot_id, chat_id), limits.chat_rate, limits.chat_burst),
                (("bot", bot_id), limits.bot_rate, limits.bot_burst),
            ]
        )

    def spend_draft(self, bot_id: int, chat_id: int) -> None:
        """One sendMessageDraft."""
        self._spend([(("draft", bot_id, chat_id), self.limits.draft_rate, self.limits.draft_burst)])

    def forget(self) -> None:
        """Everybody has their full burst again."""
        self._buckets.clear()

    def _spend(self, buckets: list[tuple[tuple, float, float]]) -> None:
        if not self.limits.enabled:
            return
        now = self._clock()
        levels = []
        for key, rate, burst in buckets:
            tokens, when = self._buckets.get(key, (burst, now))
            levels.append((key, rate, min(burst, tokens + (now - when) * rate)))
        missing = max(((1 - tokens) / rate for _, rate, tokens in levels if tokens < 1), default=0)
        if missing > 0:
            raise too_many_requests(max(1, math.ceil(missing)))
        for key, _, tokens in levels:
            self._buckets[key] = (tokens - 1, now)
