"""Locks on files, held by processes: the kernel lets go of them when the last holder ends, in whatever way."""

import fcntl
import os
import time
from pathlib import Path


def try_lock(path: Path) -> int | None:
    """Takes the lock and gives its file descriptor, or None when somebody else has it."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        return None
    return descriptor


def wait_for_lock(path: Path, *, seconds: float) -> int | None:
    """Takes the lock as soon as it is free, or gives None when it is not free in time."""
    deadline = time.monotonic() + seconds
    while (descriptor := try_lock(path)) is None and time.monotonic() < deadline:
        time.sleep(0.05)
    return descriptor


def write_holder(descriptor: int, pid: int) -> None:
    """Notes in the lock's file who holds it, for the message of whoever finds it taken."""
    os.ftruncate(descriptor, 0)
    os.pwrite(descriptor, str(pid).encode(), 0)


def read_holder(path: Path) -> int | None:
    """Gives the pid noted in the lock's file."""
    try:
        return int(path.read_text())
    except (OSError, ValueError):
        return None
