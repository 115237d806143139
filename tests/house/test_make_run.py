"""`make run` as a newcomer meets it: the real launcher, in a copy of the checkout whose path has a space in it."""

import os
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import httpx
import pytest

from config.embedded.ports import free_port, is_free
from config.launch import launch
from config.run.local import ROOT

LEFT_OUT = shutil.ignore_patterns(
    ".venv", ".git", ".local", ".env", "tests", "docs", "bench", "node_modules", "__pycache__", ".*_cache"
)
OF_A_SHELL = ("PATH", "HOME", "LANG", "TMPDIR")


@pytest.fixture(scope="module")
def checkout(tmp_path_factory) -> Path:
    return shutil.copytree(ROOT, tmp_path_factory.mktemp("make run") / "my desk", ignore=LEFT_OUT)


@pytest.fixture(scope="module")
def environment() -> dict[str, str]:
    """A newcomer's environment: nothing but three free ports in a row."""
    port = free_port()
    while not (is_free(port + 1) and is_free(port + 2)):
        port = free_port()
    return {name: os.environ[name] for name in OF_A_SHELL if name in os.environ} | {"PORT": str(port)}


class Launcher:
    """A running `make run`, as far as its banner."""

    def __init__(self, checkout: Path, environment: dict[str, str]) -> None:
        self.log = checkout / "terminal.txt"
        with self.log.open("wb") as terminal:
            self.process = launch(
                [sys.executable, "-m", "config.run"],
                cwd=checkout,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=terminal,
                stderr=subprocess.STDOUT,
            )

    @property
    def said(self) -> str:
        return self.log.read_text()

    def wait_until_up(self, seconds: float = 90) -> "Launcher":
        deadline = time.monotonic() + seconds
        while "Ctrl-C stops it" not in self.said:
            assert self.process.poll() is None, self.said
            assert time.monotonic() < deadline, self.said
            time.sleep(0.1)
        return self


def run(
    checkout: Path, environment: dict[str, str], *arguments: str, **more: str
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "config.run", *arguments],
        cwd=checkout,
        env=environment | more,
        capture_output=True,
        text=True,
        timeout=30,
    )


def processes_of(checkout: Path) -> list[str]:
    """The command lines of all processes that work in this checkout, the databases among them."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            if (folder / "cwd").readlink().is_relative_to(checkout):
                found.append((folder / "cmdline").read_bytes().replace(b"\0", b" ").decode())
        except OSError:
            continue
    return [line for line in found if line]


@pytest.mark.timeout(240)
def test_everything_starts_answers_dies_with_its_launcher_and_comes_back(checkout, environment, eventually):
    url = f"http://127.0.0.1:{environment['PORT']}"
    first = Launcher(checkout, environment).wait_until_up()
    password = re.search(r"password +(\S+)", first.said).group(1)
    assert httpx.get(f"{url}/readyz").json()["status"] == "ok"
    assert "widget" in httpx.get(f"{url}/").text
    assert httpx.get(f"{url}/sandbox/", follow_redirects=True).status_code == 200
    assert httpx.get(f"http://127.0.0.1:{int(environment['PORT']) + 1}/healthz").status_code == 200
    assert can_enter(url, "admin", password)

    second = run(checkout, environment)
    assert (second.returncode, second.stderr) == (
        1,
        f"Switchboard already runs in this checkout: {url} (pid {first.process.pid})\n",
    )
    assert run(checkout, environment, "reset").returncode == 1

    first.process.kill()
    first.process.wait()
    eventually(lambda: not processes_of(checkout), seconds=30)

    third = Launcher(checkout, environment).wait_until_up(60)
    assert password in third.said
    third.process.send_signal(signal.SIGTERM)
    assert third.process.wait(30) == 0
    assert not processes_of(checkout)
    assert "Stopped in" in third.said

    assert run(checkout, environment, "reset").returncode == 0
    assert not (checkout / ".local").exists()


def can_enter(url: str, name: str, password: str) -> bool:
    with httpx.Client(base_url=url, headers={"Referer": url}) as browser:
        browser.get("/admin/login/")
        form = {"username": name, "password": password, "csrfmiddlewaretoken": browser.cookies["csrftoken"]}
        return browser.post("/admin/login/?next=/admin/", data=form).headers.get("location") == "/admin/"


@pytest.mark.parametrize(
    ("setting", "words"),
    [
        ({"PORT": "eighty"}, "PORT: Not a valid integer"),
        ({"STREAM_PORT": "70000"}, "STREAM_PORT: Must be greater than or equal to 1"),
        ({"TELEGRAM_MODE": "pigeon"}, "TELEGRAM_MODE: Must be one of: webhook, polling, sandbox"),
        ({"LLM_PROVIDER": "openai"}, "OPENAI_API_KEY: missing"),
        ({"DATABASE_URL": "mysql://root@localhost/x"}, "DATABASE_URL: must start with postgresql://"),
        ({"DATABASE_URL": "postgresql://u@127.0.0.1:1/x"}, "DATABASE_URL: connection failed"),
        ({"REDIS_URL": "redis://127.0.0.1:1/0"}, "REDIS_URL: Error 111 connecting to 127.0.0.1:1"),
        ({"TIME_ZONE": "Mars/Base"}, "TIME_ZONE: Must be a time zone"),
        ({"HOST": "192.0.2.1"}, "Cannot listen on HOST=192.0.2.1"),
        ({"WEB_WORKERS": "many"}, "WEB_WORKERS: must be a whole number"),
    ],
    ids=lambda value: "-".join(value) if isinstance(value, dict) else "",
)
def test_a_bad_value_stops_the_start_with_one_line_and_nothing_half_started(
    checkout, environment, setting, words
):
    done = run(checkout, environment, **setting)
    assert done.returncode == 1
    assert words in done.stderr
    assert len(done.stderr.splitlines()) == 1
    assert not (checkout / ".local" / "postgres").exists()
    assert not processes_of(checkout)
