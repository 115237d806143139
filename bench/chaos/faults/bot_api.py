"""What Telegram does wrong for a while."""

import asyncio

from bench.chaos.options import Options
from bench.chaos.stage import Stage

CALLS = 15


def errors(code: int):
    """The next calls are refused."""

    async def fault(stage: Stage, options: Options) -> str:
        await stage.fault(
            "error", code=code, times=CALLS, retry_after=2, methods=["sendMessage", "editMessageText"]
        )
        await asyncio.sleep(options.outage)
        await asyncio.to_thread(stage.sandbox.client.clear_faults)
        return f"up to {CALLS} calls"

    return fault


async def closes(stage: Stage, options: Options) -> str:
    """The next messages are accepted, and nobody is told so."""
    await stage.fault("close", times=CALLS, methods=["sendMessage"])
    await asyncio.sleep(options.outage)
    await asyncio.to_thread(stage.sandbox.client.clear_faults)
    return f"up to {CALLS} messages"


async def away(stage: Stage, options: Options) -> str:
    """Nothing gets through, in both directions."""
    await stage.fault("away", seconds=options.away)
    await asyncio.sleep(options.away)
    return f"{options.away:.0f} s"


async def redelivers(stage: Stage, options: Options) -> str:
    """The next updates come three times each."""
    await stage.fault("redeliver", times=2, updates=CALLS)
    await asyncio.sleep(options.outage)
    return f"{CALLS} updates"
