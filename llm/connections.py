"""Database connections are given back to the pool before every wait on the network."""

from django.db import connections


def give_back_connections() -> None:
    """Return this thread's connections to the pool; those inside a transaction stay where they are."""
    for connection in connections.all(initialized_only=True):
        if not connection.in_atomic_block:
            connection.close()
