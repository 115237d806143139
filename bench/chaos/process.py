"""One process of the stage: started, killed as by a crash, stopped as by a deploy."""

import asyncio
import contextlib
import os
import signal
import subprocess
import time
from pathlib import Path

import httpx

from config.launch import launch
from config.run.child import Spec

START_SECONDS = 90


class Process:
    """A Spec of `make run` that runs here, with a log of its own."""

    def __init__(self, spec: Spec, *, environment: dict[str, str], log: Path) -> None:
        self.spec, self.log = spec, log
        self.environment = environment | spec.environment
        self.popen: subprocess.Popen[bytes] | None = None
        self._log_start = 0

    @property
    def running(self) -> bool:
        """Says whether it lives."""
        return self.popen is not None and self.popen.poll() is None

    async def start(self) -> None:
        """Starts it, and returns once it can do its work. Raises RuntimeError when it cannot."""
        self._log_start = self.log.stat().st_size if self.log.exists() else 0
        with self.log.open("ab") as log:
            self.popen = launch(
                self.spec.argv,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        deadline = time.monotonic() + START_SECONDS
        while not await self.is_ready():
            if not self.running or time.monotonic() > deadline:
                raise RuntimeError(f"{self.spec.name} did not start: see {self.log}")
            await asyncio.sleep(0.1)

    async def is_ready(self) -> bool:
        """Says whether it can do its work."""
        if self.spec.health_words:
            with self.log.open("rb") as log:
                log.seek(self._log_start)
                return self.spec.health_words.encode() in log.read()
        url = self.spec.health_url.replace("/readyz", "/healthz")
        async with httpx.AsyncClient(trust_env=False, timeout=3) as http:
            with contextlib.suppress(httpx.HTTPError):
                return (await http.get(url)).status_code == 200
        return False

    async def kill(self) -> None:
        """Ends it and its children as a crash would."""
        if self.popen is not None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.popen.pid, signal.SIGKILL)
            await asyncio.to_thread(self.popen.wait)

    async def stop(self, seconds: float = 30) -> float:
        """SIGTERM, and how long it took to end. Raises TimeoutError when it does not (it is killed then)."""
        if self.popen is None:
            return 0.0
        started = time.monotonic()
        self.popen.terminate()
        try:
            await asyncio.to_thread(self.popen.wait, seconds)
        except subprocess.TimeoutExpired:
            raise TimeoutError(f"{self.spec.name} did not end in {seconds:.0f} s") from None
        finally:
            await self.kill()
        return time.monotonic() - started

    def children(self) -> list[int]:
        """The pids of the processes that it has started itself."""
        pid = self.popen.pid if self.popen else 0
        tasks = Path(f"/proc/{pid}/task/{pid}/children")
        return [int(child) for child in tasks.read_text().split()] if tasks.exists() else []
