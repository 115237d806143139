"""Read by Python itself at the start of a process under libfaketime, whose version of clock_nanosleep refuses every
`time.sleep` of Python 3.11. All other ways of waiting work."""

import select
import time


def _sleep(seconds: float) -> None:
    if seconds < 0:
        raise ValueError("sleep length must be non-negative")
    select.select([], [], [], seconds)


time.sleep = _sleep
