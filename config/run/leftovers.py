"""Processes that a killed launcher left behind: they end by themselves soon, or are ended."""

import contextlib
import os
import signal
import time
from pathlib import Path


def end_leftovers(mark: str, *, seconds: float = 10) -> int:
    """Waits for the processes whose environment holds `mark` to end, then kills the rest; gives how many there were."""
    found = _find(mark)
    deadline = time.monotonic() + seconds
    while (left := _find(mark)) and time.monotonic() < deadline:
        time.sleep(0.1)
    for pid in left:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.kill(pid, signal.SIGKILL)
    return len(found)


def _find(mark: str) -> list[int]:
    wanted = mark.encode()
    return [
        int(folder.name)
        for folder in Path("/proc").iterdir()
        if folder.name.isdigit() and int(folder.name) != os.getpid() and wanted in _environment(folder)
    ]


def _environment(folder: Path) -> list[bytes]:
    try:
        return (folder / "environ").read_bytes().split(b"\0")
    except OSError:  # ended meanwhile, or somebody else's
        return []
