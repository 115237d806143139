"""A whole desk from `make run`'s launcher, in a copy of the checkout with a `.local/` of its own."""

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from config.embedded.ports import free_port

ROOT = Path(__file__).resolve().parent.parent.parent
FOLDERS = ("config", "chats", "operators", "llm", "telegram_bot", "templates")
PASSED_ON = ("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR")
START_SECONDS = 120


class Desk:
    """A running desk: where it is and how its admin gets in."""

    def __init__(self, folder: Path, process: subprocess.Popen, ports: dict[str, int], output: Path):
        self.folder, self.process, self.output = folder, process, output
        self.web_url = f"http://127.0.0.1:{ports['PORT']}"
        self.sandbox_url = f"http://127.0.0.1:{ports['SANDBOX_PORT']}"
        self.admin = ("admin", "for-the-play-only")

    def wait_until_up(self) -> None:
        deadline = time.monotonic() + START_SECONDS
        while self.admin[1] not in self.output.read_text(errors="replace"):
            said = self.output.read_text(errors="replace")
            assert self.process.poll() is None, f"the launcher ended:\n{said}"
            assert time.monotonic() < deadline, f"not up in {START_SECONDS} s:\n{said}"
            time.sleep(0.1)

    def stop(self) -> None:
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(60)


@pytest.fixture(scope="module")
def start_desk(tmp_path_factory) -> Iterator:
    """start_desk(**environment) -> Desk; every desk is stopped at the end of the module."""
    desks = []

    def start(**environment: str) -> Desk:
        folder = tmp_path_factory.mktemp("desk")
        if os.geteuid() == 0:  # PostgreSQL runs as somebody else then, and has to get in
            for parent in (folder, *folder.parents):
                if parent.stat().st_uid == 0 and parent != Path("/"):
                    parent.chmod(parent.stat().st_mode | 0o011)
        for name in FOLDERS:
            shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
        shutil.copy(ROOT / "manage.py", folder)
        ports = {name: free_port() for name in ("PORT", "STREAM_PORT", "SANDBOX_PORT")}
        passed_on = {name: os.environ[name] for name in PASSED_ON if name in os.environ}
        output = folder / "output.log"
        with output.open("wb") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", "config.run"],
                cwd=folder,
                env=passed_on
                | {name: str(port) for name, port in ports.items()}
                | {"DJANGO_SUPERUSER_PASSWORD": "for-the-play-only", "WEB_WORKERS": "1"}
                | environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        desk = Desk(folder, process, ports, output)
        desks.append(desk)
        desk.wait_until_up()
        return desk

    yield start
    for desk in desks:
        desk.stop()


@pytest.fixture
def read_logs():
    """What the processes of a desk have logged, as text."""

    def read(desk: Desk) -> str:
        logs = sorted((desk.folder / ".local" / "log").glob("*.log"))
        return "\n".join(path.read_text(errors="replace") for path in logs)

    return read
