"""A circuit breaker: a provider that keeps failing is left alone for a while, and then tried by one call at a time.

The state lives in Redis, so that all workers learn from the failures of each. Without Redis every process keeps
its own.
"""

import time
from contextlib import suppress
from dataclasses import dataclass

from django.conf import settings

from llm.memory import RedisError, get_redis

FAILURES_WINDOW_SECONDS = 60
MEMORY_OF_A_TRIP_SECONDS = 600


@dataclass(frozen=True, slots=True)
class BreakerState:
    """What the admin sees: `name` is closed (all is well), open (left alone) or half-open (one call may try)."""

    name: str
    failures: int
    seconds_left: int
    last_error: str


class Breaker:
    """The breaker of one provider's address."""

    def __init__(self, name: str) -> None:
        self._prefix = f"llm:breaker:{name}"
        self._alone = _OwnMemory()

    def allows(self) -> bool:
        """Tell whether a call may be made now; in the half-open state one caller in turn may."""
        try:
            redis = get_redis()
            is_open, tripped = redis.mget(self._key("open"), self._key("tripped"))
            if is_open:
                return False
            if not tripped:
                return True
            return bool(
                redis.set(self._key("probe"), "1", nx=True, ex=max(1, int(settings.LLM_DEADLINE_SECONDS)))
            )
        except RedisError:
            return self._alone.allows()

    def succeeded(self) -> None:
        """Close the breaker."""
        self._alone.succeeded()
        with suppress(RedisError):
            get_redis().delete(*map(self._key, ("failures", "open", "tripped", "probe", "error")))

    def failed(self, error: str, *, at_once: bool = False) -> None:
        """Count a failure; open after LLM_BREAKER_FAILURES of them in a minute, a failed trial, or `at_once`."""
        self._alone.failed(at_once=at_once)
        try:
            redis = get_redis()
            pipe = redis.pipeline()
            pipe.incr(self._key("failures"))
            pipe.expire(self._key("failures"), FAILURES_WINDOW_SECONDS)
            pipe.get(self._key("tripped"))
            pipe.set(self._key("error"), error[:300], ex=MEMORY_OF_A_TRIP_SECONDS)
            failures, _, tripped, _ = pipe.execute()
            if at_once or tripped or failures >= settings.LLM_BREAKER_FAILURES:
                pipe = redis.pipeline()
                pipe.set(self._key("open"), "1", ex=settings.LLM_BREAKER_SECONDS)
                pipe.set(self._key("tripped"), "1", ex=MEMORY_OF_A_TRIP_SECONDS)
                pipe.delete(self._key("probe"))
                pipe.execute()
        except RedisError:
            pass

    def reset(self) -> None:
        """Close it by hand: the admin's button."""
        self.succeeded()

    def state(self) -> BreakerState:
        """Describe the breaker. Raises RedisError."""
        redis = get_redis()
        failures, tripped, error = redis.mget(self._key("failures"), self._key("tripped"), self._key("error"))
        left = redis.ttl(self._key("open"))
        name = "open" if left > 0 else "half-open" if tripped else "closed"
        return BreakerState(name, int(failures or 0), max(left, 0), error or "")

    def _key(self, what: str) -> str:
        return f"{self._prefix}:{what}"


class _OwnMemory:
    """The same breaker for one process, simpler: used only while Redis is away."""

    def __init__(self) -> None:
        self._failures = 0
        self._open_until = 0.0

    def allows(self) -> bool:
        return time.monotonic() >= self._open_until

    def succeeded(self) -> None:
        self._failures, self._open_until = 0, 0.0

    def failed(self, *, at_once: bool) -> None:
        self._failures += 1
        if at_once or self._failures >= settings.LLM_BREAKER_FAILURES:
            self._open_until = time.monotonic() + settings.LLM_BREAKER_SECONDS


_breakers: dict[str, Breaker] = {}


def breaker_of(provider) -> Breaker:
    """Return the breaker of a provider: each model at each address has its own."""
    name = f"{provider.name}:{getattr(provider, 'address', '')}:{provider.model}"
    return _breakers.setdefault(name, Breaker(name))
