"""The database is away for a moment: what has been done meanwhile is written down as soon as it is back."""

import logging
import time
from collections.abc import Callable
from typing import TypeVar

from django.db import InterfaceError, OperationalError, connection

logger = logging.getLogger(__name__)

Outcome = TypeVar("Outcome")
PATIENCE = 60.0  # seconds
_LONGEST_PAUSE = 2.0
#: SQLSTATE classes that speak of the server's state and not of what it was asked.
_OUTAGES = ("08", "53", "57P")


def is_outage(error: BaseException) -> bool:
    """Did this fail because the database is away, restarting or full, so that the same may work in a moment?"""
    if not isinstance(error, (OperationalError, InterfaceError)):
        return False
    state = getattr(error.__cause__, "sqlstate", None) or ""
    return not state or state.startswith(_OUTAGES)


def outlast(write: Callable[[], Outcome]) -> Outcome:
    """Runs a write again while the database is away, for PATIENCE seconds at the most; raises what it raises.

    For outcomes that cost something: an answer of the LLM, a message that has been sent. The write must be such that
    doing it twice changes nothing: the answer to a COMMIT may have been lost as well.
    """
    deadline, pause = time.monotonic() + PATIENCE, 0.1
    while True:
        try:
            return write()
        except (OperationalError, InterfaceError) as error:
            if connection.in_atomic_block or not is_outage(error) or time.monotonic() > deadline:
                raise
            logger.warning("not written yet: %s", str(error).strip().partition("\n")[0])
            connection.close()
        time.sleep(pause)
        pause = min(_LONGEST_PAUSE, pause * 2)
