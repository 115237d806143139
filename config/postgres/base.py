"""Looks at a pooled connection before it is used. After a restart of PostgreSQL the pool is full of dead ones.

psycopg_pool's own check asks the server each time, and sleeps 1, 2, 4 ... seconds between dead connections. A server
that has gone has closed its side, which the socket shows at no cost; then the whole pool is made anew at once.
"""

import select

from django.db.backends.postgresql import base
from psycopg import Error


class DatabaseWrapper(base.DatabaseWrapper):
    """What ENGINE names."""

    def get_new_connection(self, conn_params):
        """A connection from the pool whose other side was there a moment ago."""
        connection = super().get_new_connection(conn_params)
        if self.pool is None or _is_alive(connection):
            return connection
        self.pool.putconn(connection)
        self.pool.drain()
        return super().get_new_connection(conn_params)


def _is_alive(connection) -> bool:
    """Nobody has asked anything, so that what can be read is a goodbye; or a notice, then the server is asked."""
    try:
        poll = select.poll()
        poll.register(connection.fileno(), select.POLLIN | select.POLLHUP | select.POLLERR)
        if not poll.poll(0):
            return True
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        return not connection.closed
    except (Error, OSError, ValueError):
        return False
