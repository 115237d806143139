"""Amplitude's HTTP V2 API: https://amplitude.com/docs/apis/analytics/http-v2"""

from functools import cache

import httpx
from django.conf import settings

from chats.models.analytics_event import AnalyticsEvent

TIMEOUT = httpx.Timeout(10, connect=5)


class Unavailable(Exception):
    """It may work later: no connection, 429, 5xx, or an API key that an admin has to mend.

    `retry_after` is how many seconds the other side asks to be left alone, 0 where it does not say.
    """

    def __init__(self, reason: str, *, retry_after: int = 0):
        super().__init__(reason)
        self.retry_after = retry_after


class Refused(Exception):
    """400: something in the batch is bad."""


class TooLarge(Exception):
    """413: too much for one request."""


def upload(events: list[AnalyticsEvent]) -> None:
    """Sends one batch. Raises Unavailable, Refused or TooLarge."""
    body = {
        "api_key": settings.AMPLITUDE_API_KEY,
        "events": [_as_json(event) for event in events],
        "options": {"min_id_length": 1},
    }
    try:
        response = _client().post(settings.AMPLITUDE_API_URL, json=body)
    except (httpx.TransportError, httpx.InvalidURL) as error:
        raise Unavailable(f"{type(error).__name__}: {error}") from error
    if response.is_success:
        return
    reason = f"HTTP {response.status_code}: {response.text[:300]}"
    if response.status_code == 413:
        raise TooLarge(reason)
    # A wrong key is a 400 too, and no event is to blame for it.
    if response.status_code == 400 and "api_key" not in reason.lower().replace(" ", "_"):
        raise Refused(reason)
    raise Unavailable(reason, retry_after=_seconds(response.headers.get("Retry-After", "")))


def _as_json(event: AnalyticsEvent) -> dict:
    return {
        "user_id": event.user_id,
        "event_type": event.event,
        "time": round(event.created_at.timestamp() * 1000),
        "insert_id": str(event.insert_id),
        "event_properties": event.properties,
    }


def _seconds(value: str) -> int:
    return min(int(value), 3600) if value.isascii() and value.isdigit() and len(value) < 7 else 0


@cache
def _client() -> httpx.Client:
    return httpx.Client(timeout=TIMEOUT, follow_redirects=False)
