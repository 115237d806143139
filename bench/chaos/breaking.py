"""The faults one after the other, in random order, and how soon the desk is well after each."""

import asyncio
import random
import time
from collections.abc import Coroutine

import httpx
from redis import RedisError

from bench.chaos import recovery
from bench.chaos.faults import FAULTS, choose
from bench.chaos.ledger import Ledger, Recovery
from bench.chaos.options import Options
from bench.chaos.people.arriving import People
from bench.chaos.stage import Stage
from config.embedded import EmbeddedError

#: A part that does not come back: the run goes on, and says so at the end.
TROUBLE = (RuntimeError, OSError, EmbeddedError, httpx.HTTPError, RedisError)


async def break_things(
    stage: Stage,
    options: Options,
    ledger: Ledger,
    people: People,
    *,
    started: float,
    stopping: asyncio.Event,
    say,
) -> None:
    """Every fault `options.rounds` times, as far as the time suffices."""
    chance = random.Random(options.seed)
    names = choose(options.faults)
    order = [name for _ in range(options.rounds) for name in chance.sample(names, len(names))]
    for number, name in enumerate(order, 1):
        if stopping.is_set() or time.monotonic() - started > options.most_minutes * 60:
            ledger.not_done += order[number - 1 :]
            return
        await asyncio.sleep(chance.uniform(0.5, 3.0))
        try:
            found = await _break_and_measure(name, stage, options, people, started, stopping)
        except TROUBLE as error:
            ledger.complaints.append(f"{name}: {type(error).__name__}: {error}")
            say(f"{number}/{len(order)} {name}: {error}")
            continue
        if found is None:
            ledger.not_done += order[number - 1 :]
            return
        ledger.recoveries.append(found)
        say(
            f"{number}/{len(order)} {name}: {found.lasted:.1f} s; answered at the widget after "
            f"{_seconds(found.web_after)}, in Telegram after {_seconds(found.telegram_after)}, settled after "
            f"{_seconds(found.settled_after)} {found.note}"
        )


async def _break_and_measure(
    name: str, stage: Stage, options: Options, people: People, started: float, stopping: asyncio.Event
) -> Recovery | None:
    """One fault. None when the run was interrupted before the desk was well again."""
    probes = await people.new_probes()
    at = time.monotonic()
    try:
        note = await FAULTS[name](stage, options) or ""
        lasted = time.monotonic() - at
        measured = await _unless(stopping, recovery.measure(probes, database_url=stage.services.database_url))
    finally:
        await stage.tidy()
    if measured is None:
        return None
    telegram, web, settled = measured
    return Recovery(name, at - started, lasted, web, telegram, settled, note)


async def _unless(stopping: asyncio.Event, work: Coroutine):
    """What the work returns; None, and the work is dropped, when `stopping` is set before."""
    working, told = asyncio.ensure_future(work), asyncio.ensure_future(stopping.wait())
    try:
        await asyncio.wait([working, told], return_when=asyncio.FIRST_COMPLETED)
        return working.result() if working.done() else None
    finally:
        working.cancel()
        told.cancel()


def _seconds(value: float | None) -> str:
    return "never" if value is None else f"{value:.1f} s"
