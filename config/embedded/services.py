"""Starts and stops the embedded services together."""

import os
from pathlib import Path
from types import TracebackType

from config.embedded.errors import EmbeddedError
from config.embedded.locks import read_holder, try_lock, write_holder
from config.embedded.postgres import EmbeddedPostgres
from config.embedded.redis import EmbeddedRedis


class Services:
    """The running services; a part that was not asked for is None. `stop()` it, or use it with `with`.

    `postgres` and `redis` can each be killed (`kill()`), started again (`start()`) and restarted (`restart()`): port,
    password and data stay the same.
    """

    def __init__(
        self, *, postgres: EmbeddedPostgres | None, redis: EmbeddedRedis | None, owner_lock: int
    ) -> None:
        self.postgres = postgres
        self.redis = redis
        self._owner_lock: int | None = owner_lock

    @property
    def database_url(self) -> str | None:
        """The address of PostgreSQL, or None."""
        return self.postgres.url if self.postgres else None

    @property
    def redis_url(self) -> str | None:
        """The address of Redis, or None."""
        return self.redis.url if self.redis else None

    def stop(self) -> None:
        """Stops what runs; again is harmless."""
        for server in (self.redis, self.postgres):
            if server is not None:
                server.stop()
        if self._owner_lock is not None:
            os.close(self._owner_lock)
            self._owner_lock = None

    def __enter__(self) -> "Services":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()


def start_services(
    data_dir: Path, *, postgres: bool = True, redis: bool = True, durable: bool = True
) -> Services:
    """Starts PostgreSQL and Redis with their data in `data_dir`, and waits until both answer. Raises EmbeddedError.

    `durable=False` is for tests: data survives the death of the servers but not of the machine.
    """
    data_dir = data_dir.resolve()
    # Passwords are in here. Root lets others through (not in), because PostgreSQL then runs as somebody else.
    data_dir.mkdir(mode=0o711 if os.geteuid() == 0 else 0o700, parents=True, exist_ok=True)
    owner_lock_path = data_dir / "owner.lock"
    owner_lock = try_lock(owner_lock_path)
    if owner_lock is None:
        raise EmbeddedError(f"{data_dir} is in use by the process {read_holder(owner_lock_path)}")
    write_holder(owner_lock, os.getpid())
    services = Services(
        postgres=EmbeddedPostgres(data_dir, durable=durable) if postgres else None,
        redis=EmbeddedRedis(data_dir, durable=durable) if redis else None,
        owner_lock=owner_lock,
    )
    try:
        for server in (services.redis, services.postgres):
            if server is not None:
                server.start()
    except BaseException:
        services.stop()
        raise
    return services
