"""What HTTP statuses and broken connections mean, the same for every provider."""

import email.utils
import time
from collections.abc import Mapping

from llm.providers.base import ProviderError

CONTEXT_MARKS = (
    "context_length",
    "context length",
    "maximum context",
    "too many tokens",
    "prompt is too long",
)
FILTER_MARKS = ("content_filter", "content filter", "content management policy", "safety system")
QUOTA_MARKS = ("insufficient_quota", "insufficient_credits", "billing_hard_limit", "billing")


def error_of_status(status: int, body: str, headers: Mapping[str, str]) -> ProviderError:
    """Translate an answer that is not 200; `body` is only looked at for what is wrong."""
    said, text = body.lower()[:4000], f"HTTP {status}: {' '.join(body.split())[:200]}"
    if status in (401, 403):
        return ProviderError(text, kind="auth", permanent=True)
    if status == 402 or (status == 429 and any(mark in said for mark in QUOTA_MARKS)):
        return ProviderError(text, kind="quota", permanent=True)
    if status == 429:
        return ProviderError(text, kind="rate_limit", retry_after=retry_after(headers))
    if status in (408, 409, 425) or status >= 500:
        return ProviderError(text, kind="server", retry_after=retry_after(headers))
    if any(mark in said for mark in FILTER_MARKS):
        return ProviderError(text, kind="content_filter", permanent=True, blames_provider=False)
    if status == 413 or any(mark in said for mark in CONTEXT_MARKS):
        return ProviderError(text, kind="too_long", permanent=True, blames_provider=False)
    return ProviderError(text, kind="request", permanent=True)


def retry_after(headers: Mapping[str, str]) -> float | None:
    """Return the seconds of Retry-After (a number or a date) or retry-after-ms, None without a usable one."""
    try:
        if value := headers.get("retry-after-ms"):
            return max(0.0, float(value) / 1000)
        value = headers.get("retry-after")
        if not value:
            return None
        try:
            seconds = float(value)
        except ValueError:
            seconds = email.utils.parsedate_to_datetime(value).timestamp() - time.time()
    except (ValueError, TypeError, OverflowError):
        return None
    return max(0.0, seconds) if seconds == seconds else None


def timeout_error(error: object) -> ProviderError:
    """The provider was too slow."""
    return ProviderError(f"no answer in time ({type(error).__name__})", kind="timeout")


def connection_error(error: BaseException, deadline: float) -> ProviderError:
    """The connection could not be made or broke; after the deadline it was we who broke it."""
    if time.monotonic() >= deadline:
        return timeout_error(error)
    reason = str(error.__cause__ or error)[:200]
    return ProviderError(f"{type(error).__name__}: {reason}", kind="connection")
