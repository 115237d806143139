"""`python -m config.run` starts everything; `python -m config.run reset` forgets everything."""

import os
import signal
import sys
import threading
import time

from config.embedded import EmbeddedError
from config.run.console import Console
from config.run.desk import Desk
from config.run.errors import CannotRun
from config.run.local import LocalFolder


def main(arguments: list[str]) -> int:
    """Gives the exit code."""
    started = time.monotonic()
    if sys.platform != "linux":
        sys.stderr.write(
            "make run needs Linux (on Windows: WSL; elsewhere: docker compose, see docs/deployment.md)\n"
        )
        return 1
    os.umask(0o077)  # .local/ holds secrets and what people wrote
    local = LocalFolder()
    console = Console()
    try:
        if arguments == ["reset"]:
            local.remove()
            return 0
        local.take()
        return _run(Desk(local=local, console=console, stopping=threading.Event()), console, started)
    except (CannotRun, EmbeddedError) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    finally:
        local.release()


def _run(desk: Desk, console: Console, started: float) -> int:
    def stop(number: int, frame: object) -> None:
        if desk.stopping.is_set():
            desk.kill()
        desk.stopping.set()

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, stop)
    try:
        desk.start(since=started)
        desk.watch()
    finally:
        asked = desk.stopping.is_set()
        stopping_since = time.monotonic()
        if asked:
            console.say("Stopping (Ctrl-C again: at once) ...")
        desk.stop()
        if asked:
            console.say(f"Stopped in {time.monotonic() - stopping_since:.1f} s.")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
