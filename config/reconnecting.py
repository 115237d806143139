"""How soon a worker and beat are with their broker again. Kombu tries at ever longer intervals, up to 30 seconds: after
an outage of some minutes everybody would wait half a minute longer than the outage. A refused connection costs little.
"""

from celery.app.amqp import AMQP
from kombu import Connection

FIRST, STEP, LONGEST = 0.2, 0.2, 1.0  # seconds between two tries


class EagerConnection(Connection):
    """A connection that is tried about once a second for as long as the broker is away."""

    def ensure_connection(self, *args, **options):
        """Connects, and returns itself. Raises what kombu raises once `max_retries` is reached."""
        intervals = {"interval_start": FIRST, "interval_step": STEP, "interval_max": LONGEST}
        return super().ensure_connection(*args, **options | intervals)


class EagerAMQP(AMQP):
    """Celery's own, with that connection."""

    Connection = EagerConnection
