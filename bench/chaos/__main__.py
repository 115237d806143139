"""`python -m bench.chaos --messages 20000`: exit code 1 when anything was lost or said in the wrong voice."""

import asyncio
import os
import signal
import sys
import time
from pathlib import Path

from bench.chaos.options import Options, parse_options
from bench.chaos.report import late, lost, write
from bench.chaos.run import Result, run


def main() -> int:
    """Runs it with the options of the command line."""
    options, started = parse_options(), time.monotonic()

    def say(text: str) -> None:
        print(f"{time.monotonic() - started:6.1f} s  {text}", flush=True)

    logs = os.environ.get("CHAOS_LOGS")
    result = asyncio.run(_run(options, say, Path(logs) if logs else None))
    print(write(result))
    for line in late(result):
        print(f"Late: {line}")
    return 1 if lost(result) else 0


async def _run(options: Options, say, logs: Path | None) -> Result:
    """SIGINT and SIGTERM end it early, with all that it has shown until then; a second one ends it at once."""
    stopping, loop = asyncio.Event(), asyncio.get_running_loop()

    def stop() -> None:
        say("interrupted: ending the fault, comparing the books (again: at once, without results)")
        stopping.set()
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.remove_signal_handler(number)

    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop)
    return await run(options, stopping=stopping, say=say, keep_logs=logs)


if __name__ == "__main__":
    sys.exit(main())
