"""Which request and which conversation a log line belongs to, through web, worker and deliveries."""

import logging
import re
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_REQUEST_ID = re.compile(r"[A-Za-z0-9_-]{8,64}")
_context: ContextVar[dict] = ContextVar("log_context", default={})  # noqa: B039 - never changed, only replaced


@contextmanager
def bound(**values) -> Iterator[None]:
    """Every log line written inside carries these values."""
    token = _context.set(
        _context.get() | {name: value for name, value in values.items() if value is not None}
    )
    try:
        yield
    finally:
        _context.reset(token)


def current_request_id() -> str | None:
    """The id of the request that is being served, or that caused the task that runs."""
    return _context.get().get("request_id")


def request_id_from(header: str | None) -> str:
    """The id that came with the request, if it is harmless to log, else a new one."""
    return header if header and _REQUEST_ID.fullmatch(header) else uuid.uuid4().hex


class ContextFilter(logging.Filter):
    """Puts what is bound onto each record; takes off Django's request, whose query may hold somebody's words."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.__dict__.pop("request", None)
        for name, value in _context.get().items():
            setattr(record, name, value)
        return True
