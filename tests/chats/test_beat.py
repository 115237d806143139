"""Beat when its clock is set: the sweeps go on at their pace."""

from datetime import timedelta

import pytest

from config import beat
from config.celery import app


class Clock:
    """The machine's clock, which can be set."""

    def __init__(self) -> None:
        self.ahead = timedelta()
        self._now = app.now

    def now(self):
        return self._now() + self.ahead

    def offset(self) -> float:
        return self.ahead.total_seconds()


@pytest.fixture
def clock(monkeypatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(app, "now", clock.now)
    monkeypatch.setattr(beat, "_offset", clock.offset)
    return clock


@pytest.fixture
def start_beat(clock, tmp_path):
    def start() -> beat.SteadyScheduler:
        scheduler = beat.SteadyScheduler(app, schedule_filename=str(tmp_path / "schedule"))
        scheduler.apply_async = lambda entry, **options: None
        return scheduler

    return start


def due_in(scheduler) -> float:
    """Seconds until the engine's sweep is sent."""
    scheduler.tick()
    return scheduler.schedule["sweep"].is_due().next


@pytest.mark.parametrize("jump", [-3600, 3600, -86400 * 30])
def test_it_goes_on_when_the_clock_jumps(start_beat, clock, jump):
    scheduler = start_beat()
    due_in(scheduler)
    clock.ahead = timedelta(seconds=jump)
    assert due_in(scheduler) <= 3


def test_it_goes_on_when_the_clock_was_set_back_while_it_was_away(start_beat, clock):
    clock.ahead = timedelta(hours=1)
    scheduler = start_beat()
    due_in(scheduler)
    scheduler.close()
    clock.ahead = timedelta()
    assert due_in(start_beat()) <= 3
