"""The desk on one machine: the steps from nothing to "it is up", and back."""

import hashlib
import json
import subprocess
import sys
import threading
import time
from types import ModuleType
from urllib.parse import urlsplit

from config.embedded import start_services
from config.launch import launch
from config.run.banner import print_banner
from config.run.console import Console, Log
from config.run.databases import check_databases
from config.run.environment import read_environment, read_settings
from config.run.errors import CannotRun
from config.run.leftovers import end_leftovers
from config.run.local import ROOT, LocalFolder
from config.run.ports import check_ports
from config.run.processes import desk_specs, sandbox_specs
from config.run.supervisor import Supervisor

HEALTHY_SECONDS = 90


class Desk:
    """Everything that `make run` starts. `stopping` ends it, at whatever step it is."""

    def __init__(self, *, local: LocalFolder, console: Console, stopping: threading.Event) -> None:
        self.local = local
        self.console = console
        self.stopping = stopping
        self._supervisor: Supervisor | None = None

    def start(self, *, since: float) -> None:
        """Checks first and starts nothing when something is wrong. Raises CannotRun or EmbeddedError."""
        environment = read_environment(self.local)
        settings = read_settings(environment)
        host = environment["HOST"]
        end_leftovers(f"SWITCHBOARD_LOCAL={self.local.path}")
        check_ports(settings, host)
        check_databases(environment)
        url = f"http://{'127.0.0.1' if host == '0.0.0.0' else host}:{settings.PORT}"  # noqa: S104 - compared only
        self.local.write_state(url=url)
        self.console.say(f"Starting Switchboard at {url} ...")
        self.console.quiet = True  # when something fails, the end of its log is shown

        self._supervisor = supervisor = Supervisor(
            environment=environment,
            cwd=ROOT,
            logs=self.local.logs,
            console=self.console,
            stopping=self.stopping,
        )
        sandbox = supervisor.start(sandbox_specs(settings, host=host, local=self.local))
        self._start_services(environment)
        supervisor.wait_until_healthy(sandbox, seconds=HEALTHY_SECONDS)
        if self.stopping.is_set():
            return
        password = self._prepare(environment, settings)
        if self.stopping.is_set():
            return
        supervisor.wait_until_healthy(
            supervisor.start(desk_specs(settings, host=host)), seconds=HEALTHY_SECONDS
        )
        if self.stopping.is_set():
            return
        print_banner(
            self.console,
            settings,
            url=url,
            seconds=time.monotonic() - since,
            name=environment["DJANGO_SUPERUSER_USERNAME"],
            password=password,
            logs=str(self.local.logs),
        )
        self.console.quiet = False

    def watch(self) -> None:
        """Keeps it running until it is told to stop."""
        if self._supervisor is not None:
            self._supervisor.watch()

    def stop(self) -> None:
        """Stops everything that was started."""
        if self._supervisor is not None:
            self._supervisor.stop()

    def kill(self) -> None:
        """Makes `stop` hurry."""
        if self._supervisor is not None:
            self._supervisor.kill()

    def _start_services(self, environment: dict[str, str]) -> None:
        """Starts the databases that the environment does not name, and names them in it."""
        missing = {name: not environment.get(name) for name in ("DATABASE_URL", "REDIS_URL")}
        if not any(missing.values()):
            return
        services = start_services(
            self.local.path, postgres=missing["DATABASE_URL"], redis=missing["REDIS_URL"]
        )
        assert self._supervisor is not None  # noqa: S101 - for the type checker
        self._supervisor.services = services
        if services.database_url:
            environment["DATABASE_URL"] = services.database_url
        if services.redis_url:
            environment["REDIS_URL"] = services.redis_url

    def _prepare(self, environment: dict[str, str], settings: ModuleType) -> str | None:
        """Makes the database ready; gives the admin's password unless they have chosen another."""
        environment.setdefault("DJANGO_SUPERUSER_PASSWORD", self.local.secret("admin-password", length=9))
        marker = self.local.path / "demo-loaded"
        database = self._database_fingerprint(environment)
        has_demo = marker.exists() and marker.read_text() == database
        demo = ["--demo"] if settings.DEMO_MODE and not has_demo else []
        if demo:
            self.console.say("First start: making the tables and loading the demo content ...")
        said = self._run("prepare", [sys.executable, "-m", "config.prepare", *demo], environment)
        if self.stopping.is_set():
            return None
        if demo:
            marker.write_text(database)
        known = json.loads(said.splitlines()[-1])["password_is_known"]
        return environment["DJANGO_SUPERUSER_PASSWORD"] if known else None

    def _run(self, name: str, argv: list[str], environment: dict[str, str]) -> str:
        """Runs something to its end and gives what it said. Raises CannotRun with its last line when it failed."""
        log = Log(self.local.logs / f"{name}.log")
        process = launch(
            argv,
            cwd=ROOT,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=log.fileno(),
            stderr=subprocess.STDOUT,
        )
        while process.poll() is None and not self.stopping.wait(0.05):
            pass
        if process.poll() is None:
            process.terminate()
            process.wait()
        log.close()
        if process.returncode != 0 and not self.stopping.is_set():
            last_line = log.tail(1).strip()
            raise CannotRun(f"{last_line or 'The database could not be made ready'} (see {log.path})")
        return log.tail(1)

    def _database_fingerprint(self, environment: dict[str, str]) -> str:
        if self._supervisor and self._supervisor.services and self._supervisor.services.postgres:
            return "embedded"
        address = urlsplit(environment["DATABASE_URL"])
        named = f"{address.hostname}:{address.port}{address.path}"
        return hashlib.sha256(named.encode()).hexdigest()
