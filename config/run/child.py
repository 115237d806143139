"""One process of the desk: started, listened to, watched, started again, stopped."""

import contextlib
import os
import signal
import subprocess
import threading
import time
import urllib.error
import urllib.request
from dataclasses import dataclass, field
from pathlib import Path

from config.launch import launch
from config.run.console import Console, Log

LONGEST_BACKOFF = 30.0
NO_PROXY = urllib.request.build_opener(urllib.request.ProxyHandler({}))  # what we ask is on this machine
SETTLED_SECONDS = 60.0  # after so long a life the next crash counts as the first


@dataclass(frozen=True, kw_only=True)
class Spec:
    """What to run. It is healthy when `health_url` answers, or once it has said `health_words`, or when it lives."""

    name: str
    argv: list[str]
    health_url: str = ""
    health_words: str = ""
    stop_stage: int = 1  # the processes of stage 1 stop first and together, then those of stage 2 ...
    stop_seconds: float = 10  # from SIGTERM to SIGKILL
    environment: dict[str, str] = field(default_factory=dict)


class Child:
    """A running Spec. `poll` it often; only `stop` ends it for good."""

    def __init__(
        self, spec: Spec, *, environment: dict[str, str], cwd: Path, logs: Path, console: Console
    ) -> None:
        self.spec = spec
        self.restarts = 0
        self.process: subprocess.Popen[bytes] | None = None
        self.log = Log(logs / f"{spec.name}.log")
        self._environment = environment | spec.environment
        self._cwd = cwd
        self._console = console
        self._has_said_it = threading.Event()
        self._reader: threading.Thread | None = None
        self._started_at = 0.0
        self._start_at: float | None = None  # when to start it again, after a crash
        self._crashes = 0

    @property
    def running(self) -> bool:
        """Says whether the process lives."""
        return self.process is not None and self.process.poll() is None

    def start(self) -> None:
        """Starts the process."""
        self._has_said_it.clear()
        self._start_at = None
        self._started_at = time.monotonic()
        self.process = launch(
            self.spec.argv,
            cwd=self._cwd,
            env=self._environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
        self._reader = threading.Thread(target=self._listen, args=(self.process,), daemon=True)
        self._reader.start()

    def is_healthy(self) -> bool:
        """Says whether it does its work."""
        if not self.running:
            return False
        if self.spec.health_words:
            return self._has_said_it.is_set()
        if self.spec.health_url:
            return answers(self.spec.health_url)
        return True

    def poll(self) -> None:
        """Starts it again when it has ended: at once the first time, later and later when it keeps ending."""
        now = time.monotonic()
        if self.running or self.process is None:
            return
        if self._start_at is None:
            self._sweep()
            self._crashes = 0 if now - self._started_at > SETTLED_SECONDS else self._crashes
            delay = min(LONGEST_BACKOFF, 0.0 if self._crashes == 0 else 2.0 ** (self._crashes - 1))
            self._crashes += 1
            self._start_at = now + delay
            word = "at once" if delay == 0 else f"in {delay:.0f} s"
            self._console.say(
                f"{self.spec.name} {_describe(self.process.returncode)}: starting it again {word}"
            )
        if now >= self._start_at:
            self.restarts += 1
            self.start()

    def begin_stop(self) -> None:
        """Asks it to end."""
        if self.process is not None and self.running:
            self.process.terminate()

    def kill(self) -> None:
        """Ends it and all it started, now."""
        if self.process is not None:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self.process.pid, signal.SIGKILL)

    def finish_stop(self) -> None:
        """Waits for its end, makes it end when it does not, and sweeps up what it left behind."""
        if self.process is None:
            return
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(self.spec.stop_seconds)
        self._sweep()
        self.process = None
        if self._reader is not None:
            self._reader.join(2)
        self.log.close()

    def _sweep(self) -> None:
        """Kills what is left of its session: a killed web server's workers would keep the port."""
        self.kill()
        if self.process is not None:
            self.process.wait()

    def _listen(self, process: subprocess.Popen[bytes]) -> None:
        assert process.stdout is not None  # noqa: S101 - it is a pipe
        for line in process.stdout:
            self.log.write(line)
            text = line.decode(errors="replace").rstrip()
            self._console.quote(self.spec.name, text)
            if self.spec.health_words and self.spec.health_words in text:
                self._has_said_it.set()


def answers(url: str) -> bool:
    """Says whether the address answers with 200."""
    try:
        with NO_PROXY.open(url, timeout=3) as response:
            return response.status == 200
    except (OSError, urllib.error.HTTPError, ValueError):
        return False


def _describe(code: int) -> str:
    if code < 0:
        return f"was killed ({signal.Signals(-code).name})"
    return f"ended with code {code}"
