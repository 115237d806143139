"""Short leases that a live process keeps renewing, so that the work of a dead one is free within seconds.

Holding a row means its `lease_token` is ours and its `lease_until` lies ahead. One thread for each process renews all
that is held with one UPDATE a table; a process that dies stops renewing. Whoever writes the outcome checks the token.
The clock is PostgreSQL's, so that a machine whose own clock is wrong neither steals a lease nor keeps one for ever.
"""

import logging
import threading
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from django.conf import settings
from django.db import DatabaseError, InterfaceError, close_old_connections, connection
from django.db.models import Model
from django.db.models.expressions import CombinedExpression
from django.db.models.functions import Now

logger = logging.getLogger(__name__)

_RENEW = """
    UPDATE {table} SET lease_until = STATEMENT_TIMESTAMP() + %s WHERE id = ANY(%s) AND lease_token = ANY(%s)
"""
_held: dict[uuid.UUID, tuple[type[Model], int]] = {}
_guard = threading.Lock()
_closing = threading.Event()
_renewer: threading.Thread | None = None


def lease_end() -> CombinedExpression:
    """When a lease taken or renewed now runs out, by the database's clock."""
    return Now() + timedelta(seconds=settings.LEASE_SECONDS)


@contextmanager
def kept(row: Model, token: uuid.UUID) -> Iterator[None]:
    """Keeps the lease on `row` alive while the block runs. The block itself ends the lease by what it writes."""
    with _guard:
        _held[token] = (type(row), row.pk)
    _start_renewer()
    try:
        yield
    finally:
        with _guard:
            _held.pop(token, None)


def take_no_more() -> None:
    """This process is on its way out: it finishes what it holds and begins nothing new."""
    _closing.set()


def may_take() -> bool:
    """May this process begin something new?"""
    return not _closing.is_set()


def release_all() -> int:
    """Gives back everything that this process holds (on its way out), and returns how many rows."""
    with _guard:
        held = dict(_held)
        _held.clear()
    count = 0
    for model in {model for model, _ in held.values()}:
        tokens = [token for token, (kind, _) in held.items() if kind is model]
        count += model._default_manager.filter(lease_token__in=tokens).update(
            lease_until=None, lease_token=None
        )
    return count


def _start_renewer() -> None:
    global _renewer
    with _guard:
        if _renewer is None or not _renewer.is_alive():
            _renewer = threading.Thread(target=_renew_forever, name="lease-renewer", daemon=True)
            _renewer.start()


def _renew_forever() -> None:
    while True:
        time.sleep(settings.LEASE_SECONDS / 4)
        with _guard:
            held = dict(_held)
        if not held:
            continue
        try:
            renew(held)
        except (DatabaseError, InterfaceError) as error:
            logger.warning("leases not renewed: %s", error)
        finally:
            close_old_connections()
            connection.close()


def renew(held: dict[uuid.UUID, tuple[type[Model], int]]) -> None:
    """Moves the end of each held lease; one that somebody else has taken meanwhile is left alone."""
    for model in {model for model, _ in held.values()}:
        mine = {token: pk for token, (kind, pk) in held.items() if kind is model}
        with connection.cursor() as cursor:  # the ORM would take a thousand parameters one by one
            cursor.execute(
                _RENEW.format(table=model._meta.db_table),
                [timedelta(seconds=settings.LEASE_SECONDS), list(mine.values()), list(mine)],
            )
