"""`python -m bench.chaos --messages 20000`: exit code 1 when anything was lost or said in the wrong voice."""

import asyncio
import os
import sys
import time
from pathlib import Path

from bench.chaos.options import parse_options
from bench.chaos.report import late, lost, write
from bench.chaos.run import run


def main() -> int:
    """Runs it with the options of the command line."""
    options, started = parse_options(), time.monotonic()

    def say(text: str) -> None:
        print(f"{time.monotonic() - started:6.1f} s  {text}", flush=True)

    logs = os.environ.get("CHAOS_LOGS")
    result = asyncio.run(run(options, say=say, keep_logs=Path(logs) if logs else None))
    print(write(result))
    for line in late(result):
        print(f"Late: {line}")
    return 1 if lost(result) else 0


if __name__ == "__main__":
    sys.exit(main())
