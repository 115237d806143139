"""A clock that jumps, for the processes that are started with it: libfaketime reads the shift from a file."""

import os
from pathlib import Path

LIBRARIES = (
    "/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1",
    "/usr/lib/aarch64-linux-gnu/faketime/libfaketimeMT.so.1",
    "/usr/lib/faketime/libfaketimeMT.so.1",
)


def library() -> str:
    """The library, "" where it is not installed (Debian: libfaketime)."""
    return next((path for path in LIBRARIES if Path(path).exists()), "")


def environment(file: Path, given: dict[str, str]) -> dict[str, str]:
    """What a process is started with so that `jump` moves its clock. The monotonic clock is left alone, as by NTP."""
    if not library():
        return given
    if not file.exists():
        jump(file, 0)
    return given | {
        "PYTHONPATH": os.pathsep.join([str(Path(__file__).parent / "clock_shim"), given["PYTHONPATH"]]),
        "LD_PRELOAD": library(),
        "FAKETIME_TIMESTAMP_FILE": str(file),
        "FAKETIME_CACHE_DURATION": "1",
        "FAKETIME_DONT_FAKE_MONOTONIC": "1",
        "FAKETIME_NO_CACHE": "0",
    }


def jump(file: Path, seconds: int) -> None:
    """Moves the clock so far from the true time (not from where it is)."""
    new = file.with_suffix(".new")
    new.write_text(f"{seconds:+d}\n")
    new.replace(file)
