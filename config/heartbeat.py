"""A file that the worker and beat touch while they are at work: containers look at its age (deploy/healthcheck.py)."""

import os
from pathlib import Path

from celery import signals

FILE = os.environ.get("HEARTBEAT_FILE", "")


def touch(**_: object) -> None:
    """Shows a sign of life."""
    Path(FILE).touch()


def touch_at_every_task(**_: object) -> None:
    """Beat is alive as long as it sends the sweeps."""
    signals.after_task_publish.connect(touch, weak=False)


if FILE:
    signals.heartbeat_sent.connect(
        touch, weak=False
    )  # the worker, every two seconds, while it has its broker
    signals.beat_init.connect(touch_at_every_task, weak=False)
