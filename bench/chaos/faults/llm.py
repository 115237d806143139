"""What the LLM does wrong for a while."""

import asyncio

from bench.chaos.options import Options
from bench.chaos.stage import Stage


def does(**behaviour):
    """The behaviour, and then answers again."""

    async def fault(stage: Stage, options: Options) -> None:
        await stage.llm_does(**behaviour)
        await asyncio.sleep(options.outage)
        await stage.llm_does()

    return fault
