"""Everything that runs: embedded services, the sandbox, the fake LLM and the processes of the product."""

import asyncio
import io
import json
import os
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path

import httpx

from bench.chaos import clock
from bench.chaos.process import Process
from bench.environment import close_database, environment
from config.embedded import start_services
from config.embedded.ports import free_port
from config.run.child import Spec
from config.run.processes import desk_specs
from telegram_bot.sandbox import process as sandbox_process

ANSWERS_AFTER = {"latency": 0.3}  # seconds before the fake LLM's first word


class Stage:
    """The running desk. `async with Stage(folder)`; nothing is left behind."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.logs = folder / "log"
        self.logs.mkdir(parents=True)
        self.processes: dict[str, Process] = {}
        self.environment: dict[str, str] = {}
        self.clock = folder / "clock"
        self.tidying: list[
            Callable[[], Awaitable[None]]
        ] = []  # what a fault leaves to be done after the measuring
        self._count = 0

    async def __aenter__(self) -> "Stage":
        self.services = await asyncio.to_thread(start_services, self.folder / "services", durable=False)
        self.sandbox = await asyncio.to_thread(
            sandbox_process.start, limits=False, retry_base=0.5, arguments=("--retry-max", "4")
        )
        self.llm = self._fake_llm()
        await self.llm.start()
        self.environment = self._environment()
        os.environ.update(self.environment)
        await asyncio.to_thread(self._prepare)
        from django.conf import settings

        for spec in desk_specs(settings, host="127.0.0.1"):
            self.processes[spec.name] = self.make(spec)
        await asyncio.gather(*(process.start() for process in self.processes.values()))
        return self

    async def __aexit__(self, *details) -> None:
        for process in [*self.processes.values(), self.llm]:
            await process.kill()
        await asyncio.to_thread(self.sandbox.stop)
        close_database()
        await asyncio.to_thread(self.services.stop)

    @property
    def web_url(self) -> str:
        return f"http://127.0.0.1:{self.environment['PORT']}"

    @property
    def stream_url(self) -> str:
        return f"http://127.0.0.1:{self.environment['STREAM_PORT']}"

    def make(self, spec: Spec, *, movable_clock: bool = False) -> Process:
        """A process of the product, not yet started. A movable clock costs much of its speed."""
        own = clock.environment(self.clock, self.environment) if movable_clock else self.environment
        self._count += 1
        return Process(spec, environment=own, log=self.logs / f"{spec.name}-{self._count}.log")

    async def tidy(self) -> None:
        """Puts away what the last fault has left."""
        while self.tidying:
            await self.tidying.pop()()

    async def llm_does(self, **behaviour) -> None:
        """What the fake LLM does from now on: `fault="hang"`; nothing at all for answering."""
        async with httpx.AsyncClient(trust_env=False, timeout=10) as http:
            body = {"default": ANSWERS_AFTER | behaviour}
            answer = await http.post(f"http://127.0.0.1:{self._llm_port}/control", content=json.dumps(body))
            answer.raise_for_status()

    async def fault(self, kind: str, **fields) -> None:
        """Arms a fault of the Bot API."""
        await asyncio.to_thread(self.sandbox.client.fault, kind, **fields)

    def _fake_llm(self) -> Process:
        self._llm_port = free_port()
        argv = [sys.executable, "-m", "llm.testing.fake_llm", "--port", str(self._llm_port)]
        argv += ["--latency", str(ANSWERS_AFTER["latency"])]
        spec = Spec(name="llm", argv=argv, health_url=f"http://127.0.0.1:{self._llm_port}/control")
        return Process(spec, environment=dict(os.environ), log=self.logs / "llm.log")

    def _environment(self) -> dict[str, str]:
        root = Path(__file__).resolve().parent.parent.parent
        common = environment(
            self.folder,
            self.services,
            port=free_port(),
            stream_port=free_port(),
            llm_port=self._llm_port,
            bot_api=self.sandbox.url,
        )
        return common | {
            "PATH": os.environ.get("PATH", os.defpath),
            "PYTHONPATH": str(root),
            "PYTHONUNBUFFERED": "1",
            "WEB_WORKERS": "1",
            "WORKER_THREADS": "32",
            "LLM_DEADLINE_SECONDS": "6",
            "LLM_STALL_SECONDS": "2",
            "LLM_BREAKER_SECONDS": "2",  # visitors of a broken LLM go to the five operators: not all of them
            "LLM_SITE_DAY_COST": "0",
            "LOG_FORMAT": "json",
            "SHUTDOWN_GRACE_SECONDS": "10",
        }

    def _prepare(self) -> None:
        (self.folder / "static").mkdir(exist_ok=True)
        import django
        from django.core.management import call_command

        django.setup()
        call_command("migrate", verbosity=0)
        call_command("register_webhooks", verbosity=0, stdout=io.StringIO())
