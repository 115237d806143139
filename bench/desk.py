"""The processes under test, each started when a row needs it: embedded services, the product, the fakes, the floors."""

import io
import json
import os
import resource
import subprocess
import sys
import time
import urllib.error
import urllib.request
from contextlib import suppress
from pathlib import Path

import psutil

from bench.environment import close_database, environment
from config.embedded import start_services
from config.embedded.ports import free_port
from config.launch import launch
from telegram_bot.sandbox import process as sandbox_process

ROOT = Path(__file__).resolve().parent.parent
START_SECONDS = 60
_NO_PROXY = urllib.request.build_opener(urllib.request.ProxyHandler({}))


class Desk:
    """`with Desk(folder) as desk: desk.start("web")`; nothing is left behind."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.running: dict[str, subprocess.Popen] = {}
        self.ports = {name: free_port() for name in ("web", "realtime", "bare", "sse", "llm")}
        self._sandbox: sandbox_process.RunningSandbox | None = None

    def __enter__(self) -> "Desk":
        _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
        self.services = start_services(self.folder / "services", durable=True)
        for name in ("static", "media", "metrics"):
            (self.folder / name).mkdir()
        os.environ.update(self._environment("http://127.0.0.1:1"))
        import django
        from django.core.management import call_command

        django.setup()
        call_command("migrate", verbosity=0)
        call_command("collectstatic", verbosity=0, interactive=False)
        return self

    def __exit__(self, *details) -> None:
        for name in list(self.running):
            self.stop(name)
        if self._sandbox:
            self._sandbox.stop()
        close_database()
        self.services.stop()

    @property
    def sandbox(self) -> sandbox_process.RunningSandbox:
        """The local Telegram, started when first asked for; web and worker must start after it."""
        if self._sandbox is None:
            self._sandbox = sandbox_process.start(limits=False)
            os.environ["TELEGRAM_API_URL"] = self._sandbox.url
        return self._sandbox

    def start(self, *names: str, **extra: str) -> None:
        """Starts processes and waits until they can work; those that run go on as they are."""
        for name in names:
            if name not in self.running:
                self.running[name] = self._launch(name, extra)
        for name in names:
            self._wait(name)

    def stop(self, *names: str) -> None:
        """Ends processes."""
        for name in names:
            process = self.running.pop(name, None)
            if process is not None:
                process.terminate()
                with suppress(subprocess.TimeoutExpired):
                    process.wait(5)
                process.kill()
                process.wait()

    def restart(self, *names: str, **extra: str) -> None:
        """Starts them anew, with this environment."""
        self.stop(*names)
        self.start(*names, **extra)

    def forget(self) -> None:
        """As new: no rows, nothing in Redis. The processes may run on."""
        from django.apps import apps
        from django.db import connection

        from chats.redis import get_redis

        ours = ("chats", "operators", "telegram_bot")
        tables = [model._meta.db_table for app in ours for model in apps.get_app_config(app).get_models()]
        with connection.cursor() as cursor:
            cursor.execute(f"TRUNCATE {', '.join(tables)}, llm_llmcall RESTART IDENTITY CASCADE")
        get_redis().delete("answers", "deliveries", "default")
        for key in get_redis().scan_iter("*", count=5000):
            if not key.startswith("_kombu"):
                get_redis().delete(key)

    def cpu(self, name: str) -> float:
        """CPU seconds that a process and its children have used."""
        main = psutil.Process(self.running[name].pid)
        return sum(sum(process.cpu_times()[:2]) for process in [main, *main.children(recursive=True)])

    def memory(self, name: str) -> int:
        """Bytes that a process and its children occupy."""
        main = psutil.Process(self.running[name].pid)
        return sum(process.memory_info().rss for process in [main, *main.children(recursive=True)])

    def llm_does(self, **behaviour) -> None:
        """What the fake LLM does from now on: `latency`, `pause` between chunks, `text`."""
        self.ask("llm", "/control", {"default": behaviour})

    def ask(self, name: str, path: str, body: dict | None = None) -> dict:
        """One JSON request to a process."""
        data = None if body is None else json.dumps(body).encode()
        url = f"http://127.0.0.1:{self.ports[name]}{path}"
        with _NO_PROXY.open(urllib.request.Request(url, data), timeout=10) as answer:
            return json.loads(answer.read())

    def _launch(self, name: str, extra: dict[str, str]) -> subprocess.Popen:
        env = dict(os.environ) | extra
        with (self.folder / f"{name}.log").open("wb") as log:
            return launch(
                [sys.executable, "-m", *self._command(name, env["WORKER_THREADS"])],
                env=env,
                cwd=ROOT,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
            )

    def _command(self, name: str, threads: str) -> list[str]:
        kind, port = name.rstrip("0123456789"), str(self.ports.get(name, 0))
        granian = [
            "granian",
            "--interface",
            "wsgi",
            "--port",
            port,
            "--workers",
            "1",
            "--blocking-threads",
            "8",
        ]
        granian += ["--no-ws", "--log-level", "warning"]
        celery = ["celery", "-A", "config"]
        return {
            "web": [*granian, "config.wsgi:application"],
            "bare": [*granian, "bench.floors.wsgi:application"],
            "realtime": [
                *("uvicorn", "config.asgi:application", "--port", port, "--lifespan", "on", "--no-access-log"),
                *("--log-level", "warning"),
            ],
            "sse": ["bench.floors.sse", port],
            "llm": ["llm.testing.fake_llm", "--port", port],
            "worker": [
                *(*celery, "worker", "-P", "threads", "-c", threads, "-n", f"{name}@bench"),
                *("-Q", "answers,deliveries,default", "-l", "WARNING", "-E", "--without-mingle", "--without-gossip"),
            ],
            "beat": [*celery, "beat", "-l", "WARNING", "--pidfile="],
        }[kind]  # fmt: skip

    def _wait(self, name: str) -> None:
        deadline = time.monotonic() + START_SECONDS
        while not self._is_ready(name):
            if self.running[name].poll() is not None or time.monotonic() > deadline:
                log = (self.folder / f"{name}.log").read_text(errors="replace")
                raise RuntimeError(f"{name} did not start: {log[-2000:]}")
            time.sleep(0.1)

    def _is_ready(self, name: str) -> bool:
        if name.startswith("worker"):
            from config.celery import app

            return bool(app.control.ping([f"{name}@bench"], timeout=1))
        if name == "beat":
            return True
        try:
            self.ask(name, "/control" if name == "llm" else "/healthz")
        except (OSError, ValueError):
            return False
        return True

    def _environment(self, bot_api: str) -> dict[str, str]:
        ports = self.ports
        common = environment(
            self.folder,
            self.services,
            port=ports["web"],
            stream_port=ports["realtime"],
            llm_port=ports["llm"],
            bot_api=bot_api,
        )
        return common | {
            "DEMO_MODE": "1",
            "STREAM_URL": f"http://127.0.0.1:{ports['realtime']}",
            "WORKER_THREADS": "200",
            "LLM_DEADLINE_SECONDS": "60",
            "LLM_STALL_SECONDS": "30",
            "LLM_SITE_DAY_COST": "1000000",
            "LOG_LEVEL": "WARNING",
            "LOG_FORMAT": "plain",
            "SHUTDOWN_GRACE_SECONDS": "3",
        }

    def register_webhooks(self) -> None:
        """Tells the sandbox where the desk is."""
        from django.conf import settings
        from django.core.management import call_command

        settings.TELEGRAM_API_URL = self.sandbox.url
        call_command("register_webhooks", verbosity=0, stdout=io.StringIO())
