"""Starting a sandbox of one's own: its own process on a free port, for test fixtures and scripts."""

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from .client import SandboxClient

START_SECONDS = 20.0
STOP_SECONDS = 5.0


class RunningSandbox:
    """A sandbox in its own process. `url` is what goes into TELEGRAM_API_URL; `client` is its control API."""

    def __init__(self, process: subprocess.Popen, url: str):
        self.process = process
        self.url = url
        self.client = SandboxClient(url)

    def stop(self) -> None:
        """End the process. May be called twice."""
        self.client.close()
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()

    def kill(self) -> None:
        """As a crash: no chance to tidy up."""
        self.process.kill()
        self.process.wait()

    def __enter__(self) -> "RunningSandbox":
        return self

    def __exit__(self, *_) -> None:
        self.stop()


def start(
    *,
    data: str = ":memory:",
    port: int = 0,
    web_url: str = "http://127.0.0.1:8000",
    limits: bool = True,
    retry_base: float = 1.0,
    arguments: tuple[str, ...] = (),
) -> RunningSandbox:
    """Start a sandbox and wait until it answers. `limits=False`: never a 429 of its own accord. `arguments` are more
    of the command line's. Raises RuntimeError when it does not start."""
    with tempfile.TemporaryDirectory() as folder:
        ready = Path(folder) / "url"
        command = [
            sys.executable, "-m", "telegram_bot.sandbox", "--port", str(port), "--data", data, "--web-url", web_url,
            "--retry-base", str(retry_base), "--ready-file", str(ready), *arguments,
        ]  # fmt: skip
        if not limits:
            command.append("--no-limits")
        root = Path(__file__).resolve().parents[2]
        process = subprocess.Popen(
            command,
            cwd=root,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=None,
            env=os.environ | {"PYTHONPATH": os.pathsep.join([str(root), os.environ.get("PYTHONPATH", "")])},
        )
        url = _wait_until_ready(process, ready)
    return RunningSandbox(process, url)


def _wait_until_ready(process: subprocess.Popen, ready: Path) -> str:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise RuntimeError(f"the sandbox ended with {process.returncode} instead of starting")
        # The file is written in one piece, but may be seen empty for a moment.
        if ready.exists() and (url := ready.read_text()):
            return url
        time.sleep(0.02)
    process.kill()
    raise RuntimeError(f"the sandbox did not start in {START_SECONDS} s")
