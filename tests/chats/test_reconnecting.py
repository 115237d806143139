"""A broker that is away: it is tried again within a second, however long that lasts."""

import pytest

from config.celery import app
from config.embedded.ports import free_port


class Enough(Exception):
    """Seen enough tries."""


@pytest.mark.parametrize("connect", ["connection_for_read", "connection_for_write"])
def test_it_is_tried_again_within_a_second(connect):
    pauses = []

    def failed(error: Exception, pause: float) -> None:
        pauses.append(pause)
        if len(pauses) == 4:
            raise Enough

    connection = getattr(app, connect)(f"redis://127.0.0.1:{free_port()}/0")
    with pytest.raises(Enough):
        connection.ensure_connection(failed)
    assert max(pauses) <= 1


def test_what_is_left_of_a_closed_connection_fails_as_a_connection_does():
    """A worker that loses its broker with a message in hand wants to give it back: that must not end the worker."""
    connection = app.connection_for_read()
    channel = connection.default_channel
    errors = connection.connection_errors
    connection.collect()
    with pytest.raises(errors), channel.conn_or_acquire():
        pass
