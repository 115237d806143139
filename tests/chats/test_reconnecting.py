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
