"""What happens to the processes of the product."""

import asyncio
import os
import signal
import time

from bench.chaos import clock
from bench.chaos.options import Options
from bench.chaos.stage import Stage


def kill(name: str):
    """A process is killed, and started again at once, as a supervisor does."""

    async def fault(stage: Stage, options: Options) -> None:
        process = stage.processes[name]
        await process.kill()
        await process.start()

    return fault


async def kill_web_worker(stage: Stage, options: Options) -> None:
    """Granian's own child dies; Granian starts another one."""
    web = stage.processes["web"]
    before = web.children()
    if before:
        os.kill(before[-1], signal.SIGKILL)
    await asyncio.sleep(0.2)
    deadline = time.monotonic() + 60
    while not (web.running and await web.is_ready()) and time.monotonic() < deadline:
        await asyncio.sleep(0.1)
    if not web.running:
        await web.start()


def replace(name: str):
    """A deploy: the process is told to stop, and one of the new version takes its place."""

    async def fault(stage: Stage, options: Options) -> str:
        old = stage.processes[name]
        if name == "worker":  # old and new side by side
            new = stage.processes[name] = stage.make(old.spec)
            await new.start()
            seconds = await old.stop()
        else:
            seconds = await old.stop()
            await old.start()
        return f"stopped in {seconds:.1f} s"

    return fault


def clock_jumps(seconds: int):
    """The clock of beat and of one of two workers jumps while they work, and later back to the truth.

    The other worker keeps the right clock: the two disagree about everything that is judged by their own. Recovery is
    measured from the moment in which the clock is right again, which is a jump as well.
    """

    async def fault(stage: Stage, options: Options) -> str:
        clock.jump(stage.clock, 0)
        second = stage.make(stage.processes["worker"].spec, movable_clock=True)
        await asyncio.gather(second.start(), _replace_beat(stage, movable_clock=True))
        clock.jump(stage.clock, seconds)
        await asyncio.sleep(options.outage * 2)

        async def as_before() -> None:
            await asyncio.gather(second.stop(), _replace_beat(stage, movable_clock=False))

        stage.tidying.append(as_before)
        clock.jump(stage.clock, 0)
        return f"beat and one of two workers, for {options.outage * 2:.0f} s"

    return fault


async def _replace_beat(stage: Stage, *, movable_clock: bool) -> None:
    old = stage.processes["beat"]
    await old.stop()
    new = stage.processes["beat"] = stage.make(old.spec, movable_clock=movable_clock)
    await new.start()
