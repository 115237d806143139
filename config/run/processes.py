"""The processes of the desk on one machine. docker-compose.yml runs the same on many."""

import os
import sys
from types import ModuleType

from config.run.child import Spec
from config.run.local import LocalFolder

QUEUES = "answers,deliveries,default"


def sandbox_specs(settings: ModuleType, *, host: str, local: LocalFolder) -> list[Spec]:
    """Gives the local Telegram, where there is one. The rest needs it to be up."""
    if settings.TELEGRAM_MODE != "sandbox":
        return []
    arguments = ["--port", str(settings.SANDBOX_PORT), "--data", str(local.path / "sandbox.sqlite3")]
    arguments += ["--web-url", settings.PUBLIC_URL]
    if host != "127.0.0.1":
        arguments += ["--host", host, "--allow-remote"]
    health_url = f"http://127.0.0.1:{settings.SANDBOX_PORT}/healthz"
    argv = _python("telegram_bot.sandbox", *arguments)
    return [Spec(name="sandbox", argv=argv, health_url=health_url, stop_stage=3, stop_seconds=5)]


def desk_specs(settings: ModuleType, *, host: str) -> list[Spec]:
    """Gives the processes of the product."""
    specs = [_web(settings, host), _realtime(settings, host), _worker(), _beat()]
    if settings.TELEGRAM_MODE == "polling" and any(settings.TELEGRAM_BOT_TOKENS.values()):
        specs.append(Spec(name="polling", argv=[sys.executable, "manage.py", "poll_telegram"]))
    return specs


def _web(settings: ModuleType, host: str) -> Spec:
    argv = _python(
        "granian",
        *("--interface", "wsgi", "config.wsgi:application", "--host", host, "--port", str(settings.PORT)),
        *("--workers", os.environ["WEB_WORKERS"], "--blocking-threads", "8", "--no-ws"),
        *("--http1-buffer-size", "32768"),  # bytes: what the headers may have; a body may be longer
        *("--respawn-failed-workers", "--workers-kill-timeout", "5"),
    )
    return Spec(name="web", argv=argv, health_url=f"http://127.0.0.1:{settings.PORT}/readyz")


def _realtime(settings: ModuleType, host: str) -> Spec:
    argv = _python(
        "uvicorn",
        *("config.asgi:application", "--host", host, "--port", str(settings.STREAM_PORT), "--lifespan", "on"),
        *("--no-access-log", "--no-server-header", "--no-proxy-headers", "--timeout-graceful-shutdown", "3"),
    )
    return Spec(name="realtime", argv=argv, health_url=f"http://127.0.0.1:{settings.STREAM_PORT}/healthz")


def _worker() -> Spec:
    argv = _python(
        "celery",
        *("-A", "config", "worker", "-P", "threads", "-c", os.environ["WORKER_THREADS"]),
        *("-Q", QUEUES, "-l", "INFO", "-E", "--without-mingle", "--without-gossip"),
    )
    return Spec(name="worker", argv=argv, health_words=" ready.", stop_stage=2, stop_seconds=15)


def _beat() -> Spec:
    argv = _python("celery", "-A", "config", "beat", "-l", "INFO", "--pidfile=")
    return Spec(name="beat", argv=argv, health_words=" is starting.")


def _python(module: str, *arguments: str) -> list[str]:
    return [sys.executable, "-m", module, *arguments]
