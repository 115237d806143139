"""Beat whose clock may be set: the sweeps go on at their pace when the machine's clock jumps."""

import time
from datetime import timedelta

from celery.beat import PersistentScheduler

TOLERATED = 1.0  # seconds; NTP moves a clock by less at a time


class SteadyScheduler(PersistentScheduler):
    """Celery's scheduler asks the wall clock how long ago each task was due: a clock that is set back an hour would
    stop every sweep for that hour. This one moves what it remembers by as much as the clock was moved."""

    def setup_schedule(self) -> None:
        """Reads what the last beat has left; it may have had another clock."""
        super().setup_schedule()
        self._offset = _offset()
        now = self.app.now()
        for entry in self.schedule.values():
            if entry.last_run_at and entry.last_run_at > now:
                entry.last_run_at = now

    def tick(self, *args, **kwargs) -> float:
        """Sends what is due, and returns the seconds until something else is."""
        moved = _offset() - self._offset
        if abs(moved) > TOLERATED:
            self._offset += moved
            for entry in self.schedule.values():
                entry.last_run_at += timedelta(seconds=moved)
            self._heap = None  # made anew from the entries
        return super().tick(*args, **kwargs)


def _offset() -> float:
    return time.time() - time.monotonic()
