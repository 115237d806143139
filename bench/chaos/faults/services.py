"""What happens to PostgreSQL and Redis."""

import asyncio
import shutil

import redis

from bench.chaos.options import Options
from bench.chaos.stage import Stage


async def kill_redis(stage: Stage, options: Options) -> None:
    """Redis dies and comes back with nothing."""
    server = stage.services.redis
    await asyncio.to_thread(server.kill)
    await asyncio.sleep(options.outage / 2)
    await asyncio.to_thread(shutil.rmtree, server.folder, ignore_errors=True)
    await asyncio.to_thread(server.start)


async def flush_redis(stage: Stage, options: Options) -> None:
    """Redis forgets everything."""

    def flush() -> None:
        with redis.Redis.from_url(stage.services.redis_url) as client:
            client.flushall()

    await asyncio.to_thread(flush)


async def restart_postgres(stage: Stage, options: Options) -> None:
    """PostgreSQL is stopped (connections are closed in order) and started."""
    await asyncio.to_thread(stage.services.postgres.restart)


async def kill_postgres(stage: Stage, options: Options) -> None:
    """PostgreSQL dies and recovers from its log."""
    await asyncio.to_thread(stage.services.postgres.kill)
    await asyncio.sleep(options.outage / 2)
    await asyncio.to_thread(stage.services.postgres.start)
