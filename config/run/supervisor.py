"""Keeps the processes of the desk running, and stops them in the right order."""

import threading
import time
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from config.embedded import EmbeddedError, Services
from config.run.child import Child, Spec
from config.run.console import Console
from config.run.errors import CannotRun

POLL_SECONDS = 0.2


class Supervisor:
    """The running processes. `stopping` is the event that ends every wait."""

    def __init__(
        self,
        *,
        environment: dict[str, str],
        cwd: Path,
        logs: Path,
        console: Console,
        stopping: threading.Event,
    ) -> None:
        self.children: list[Child] = []
        self.services: Services | None = None
        self._environment = environment
        self._cwd = cwd
        self._logs = logs
        self._console = console
        self._stopping = stopping

    def start(self, specs: Iterable[Spec]) -> list[Child]:
        """Starts the processes, all at once."""
        children = []
        for spec in specs:
            child = Child(
                spec, environment=self._environment, cwd=self._cwd, logs=self._logs, console=self._console
            )
            self.children.append(child)
            children.append(child)
            child.start()
        return children

    def wait_until_healthy(self, children: list[Child], *, seconds: float) -> None:
        """Returns once all are healthy, or when we are to stop. Raises CannotRun when one ends or takes too long."""
        deadline = time.monotonic() + seconds
        waiting = list(children)
        while waiting and not self._stopping.is_set():
            for child in list(waiting):
                if child.is_healthy():
                    waiting.remove(child)
                elif not child.running:
                    raise CannotRun(
                        f"{child.spec.name} did not start:\n{child.log.tail()}\n(see {child.log.path})"
                    )
            if time.monotonic() > deadline:
                names = ", ".join(child.spec.name for child in waiting)
                raise CannotRun(f"Not ready after {seconds:.0f} s: {names} (see {self._logs})")
            self._stopping.wait(0.05)

    def watch(self) -> None:
        """Starts again whatever ends, until we are to stop."""
        while not self._stopping.wait(POLL_SECONDS):
            self._watch_services()
            for child in self.children:
                child.poll()

    def stop(self) -> None:
        """Stops everything: what lets work in first, then what does it; the databases at the end."""
        for stage in sorted({child.spec.stop_stage for child in self.children}):
            children = [child for child in self.children if child.spec.stop_stage == stage]
            for child in children:
                child.begin_stop()
            for child in children:
                child.finish_stop()
        self.children.clear()
        if self.services is not None:
            self.services.stop()
            self.services = None

    def kill(self) -> None:
        """Ends every process now; `stop` has less to wait for then. The databases are left the time they need."""
        for child in self.children:
            child.kill()

    def _watch_services(self) -> None:
        if self.services is None:
            return
        for server in (self.services.postgres, self.services.redis):
            if server is not None and not server.running:
                self._console.say(f"{server.name} has ended: starting it again")
                with suppress(EmbeddedError):  # tried again at the next round
                    server.start()
