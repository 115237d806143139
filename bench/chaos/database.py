"""Questions of the driver to the database, which may be dying at the moment."""

import asyncio
import time
from collections.abc import Callable
from typing import TypeVar

Answer = TypeVar("Answer")
PATIENCE = 60.0  # seconds


async def ask(question: Callable[[], Answer]) -> Answer:
    """Runs a function that uses the ORM in a thread, again while the database is away; no connection is kept."""
    return await asyncio.to_thread(_ask, question)


def _ask(question: Callable[[], Answer]) -> Answer:
    from django.db import DatabaseError, InterfaceError, connection

    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            return question()
        except (DatabaseError, InterfaceError):
            if time.monotonic() > deadline:
                raise
            time.sleep(0.3)
        finally:
            connection.close()
