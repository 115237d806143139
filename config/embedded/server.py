"""What the embedded PostgreSQL and Redis have in common: one process, one folder, one port, one password."""

import contextlib
import json
import os
import secrets
import signal
import subprocess
import time
from pathlib import Path
from typing import ClassVar

from config.embedded.errors import EmbeddedError
from config.embedded.locks import read_holder, wait_for_lock, write_holder
from config.embedded.ports import free_port
from config.launch import Account, launch

START_SECONDS = 120  # a crash recovery after much work on a slow disk
LOG_BYTES = 10_000_000


class Server:
    """A server process of ours. The hooks below it say what is special about each."""

    name: ClassVar[str]
    death_signal: ClassVar[signal.Signals]
    stop_signals: ClassVar[
        list[tuple[signal.Signals, float]]
    ]  # the gentle one first; seconds to wait after each

    def __init__(self, data_dir: Path, *, durable: bool) -> None:
        self.folder = data_dir / self.name
        self.log_path = data_dir / "log" / f"{self.name}.log"
        self.durable = durable
        self.port: int | None = None
        self.password = ""
        self.process: subprocess.Popen[bytes] | None = None
        self._state_path = data_dir / f"{self.name}.json"
        self._lock_path = data_dir / f"{self.name}.lock"

    # --- Hooks -------------------------------------------------------------------------------------------------------

    @property
    def url(self) -> str:
        """The address, as in DATABASE_URL or REDIS_URL."""
        raise NotImplementedError

    def account(self) -> Account | None:
        """The account to run as when we are root."""
        return None

    def prepare(self) -> None:
        """Makes the folder ready for a start. Nobody else uses it now."""
        raise NotImplementedError

    def command(self) -> list[str]:
        """The command line."""
        raise NotImplementedError

    def is_ready(self) -> bool:
        """Says whether it answers, with our password: a stranger on our port does not."""
        raise NotImplementedError

    def finish_start(self) -> None:
        """Does what is left to do once it answers."""

    def mend(self, log: str) -> bool:
        """Repairs what kept it from starting, by its log; says whether another try is worth it."""
        return False

    # --- The process -------------------------------------------------------------------------------------------------

    @property
    def running(self) -> bool:
        """Says whether the process lives."""
        return self.process is not None and self.process.poll() is None

    def start(self) -> None:
        """Starts it and waits until it answers. Raises EmbeddedError.

        The first start looks for a free port, its last one if possible; later starts keep that port.
        """
        if self.running:
            return
        first_start = self.port is None
        self._read_state()
        for _ in range(5):
            self._launch()
            failure = self._wait_until_ready()
            if failure is None:
                self.finish_start()
                return
            if "Address already in use" in failure:
                if first_start:
                    self.port = free_port()
                else:
                    time.sleep(0.5)
            elif not self.mend(failure):
                break
        last_line = failure.strip().rpartition("\n")[2]
        raise EmbeddedError(f"The embedded {self.name} did not start: {last_line} (see {self.log_path})")

    def stop(self) -> None:
        """Stops it gently, and less and less gently when it does not listen."""
        for number, seconds in self.stop_signals:
            if not self.running:
                return
            self.signal(number, wait_seconds=seconds)

    def kill(self) -> None:
        """Ends it as a crash would: SIGKILL."""
        self.signal(signal.SIGKILL, wait_seconds=10)

    def restart(self) -> None:
        """Stops it gently and starts it again: same port, password and data."""
        self.stop()
        self.start()

    def signal(self, number: signal.Signals, *, wait_seconds: float) -> None:
        """Sends it a signal and waits for its end, but not longer than that."""
        if self.process is not None and self.running:
            self.process.send_signal(number)
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.process.wait(wait_seconds)

    def _read_state(self) -> None:
        """Finds the port and the password of the last time, or makes them up."""
        state = {}
        if self._state_path.exists():
            try:
                state = json.loads(self._state_path.read_text())
            except ValueError:
                raise EmbeddedError(f"{self._state_path} is damaged: `make reset` starts afresh") from None
        self.password = state.get("password") or secrets.token_urlsafe(24)
        self.port = self.port or free_port(state.get("port"))

    def _write_state(self) -> None:
        text = json.dumps({"port": self.port, "password": self.password})
        new_path = self._state_path.with_suffix(".json.new")
        with open(os.open(new_path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:  # noqa: PTH123
            file.write(text)
        new_path.replace(self._state_path)

    def _launch(self) -> None:
        with contextlib.ExitStack() as descriptors:
            lock = self._take_lock()
            descriptors.callback(os.close, lock)
            self._write_state()
            self.prepare()
            log = self._open_log()
            descriptors.callback(os.close, log)
            self.process = launch(
                self.command(),
                death_signal=self.death_signal,
                account=self.account(),
                cwd=self.folder,
                env={"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C", "TZ": "UTC"},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                pass_fds=[lock],  # the server and its children hold the lock while any of them lives
            )
            write_holder(lock, self.process.pid)

    def _take_lock(self) -> int:
        """Waits for the last of an earlier server's processes, and ends a server whose owner is gone."""
        if (lock := wait_for_lock(self._lock_path, seconds=1)) is not None:
            return lock
        orphan = read_holder(self._lock_path)
        for number, seconds in self.stop_signals:
            if orphan is not None and self._is_ours(orphan):
                os.kill(orphan, number)
            if (lock := wait_for_lock(self._lock_path, seconds=seconds)) is not None:
                return lock
        raise EmbeddedError(f"Another process still uses {self.folder} (pid {orphan})")

    def _is_ours(self, pid: int) -> bool:
        """Says whether this is a server of this folder, and not somebody who got its number after a reboot."""
        try:
            return Path(f"/proc/{pid}/cwd").resolve() == self.folder.resolve()
        except OSError:
            return False

    def _open_log(self) -> int:
        self.log_path.parent.mkdir(parents=True, exist_ok=True)
        if self.log_path.exists() and self.log_path.stat().st_size > LOG_BYTES:
            self.log_path.replace(self.log_path.with_suffix(".log.1"))
        descriptor = os.open(self.log_path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        self._log_start = os.fstat(descriptor).st_size
        return descriptor

    def _wait_until_ready(self) -> str | None:
        """Gives None once it answers, or what it logged since it was started when it ended or never answers."""
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline and self.running:
            if self.is_ready():
                return None
            time.sleep(0.02)
        self.kill()
        with self.log_path.open("rb") as log:
            log.seek(self._log_start)
            return log.read().decode(errors="replace") or "no word in its log"
