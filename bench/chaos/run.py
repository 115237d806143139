"""One run: everybody talks, the faults happen, everybody falls silent, the books are compared."""

import asyncio
import os
import random
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from bench.chaos import database, recovery
from bench.chaos.faults import FAULTS, choose
from bench.chaos.ledger import Ledger, Recovery
from bench.chaos.options import Options
from bench.chaos.people.arriving import People, arrive
from bench.chaos.stage import Stage


@dataclass(slots=True)
class Result:
    """What a run has shown. `problems` by kind; a run without any has lost nothing."""

    options: Options
    ledger: Ledger
    counts: dict[str, int]
    problems: dict[str, list[str]]
    duplicates: list[str]
    seconds: float
    baseline: float | None
    commit: str


async def run(options: Options, *, say=lambda text: None, keep_logs: Path | None = None) -> Result:
    """Does it all, and returns what the books say."""
    with tempfile.TemporaryDirectory(prefix="switchboard-chaos-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        folder.chmod(0o755)
        ledger = Ledger()
        say("starting the processes")
        async with Stage(folder) as stage:
            try:
                return await _on(stage, options, ledger, say)
            finally:
                if keep_logs:
                    _keep(stage.logs, keep_logs)


async def _on(stage: Stage, options: Options, ledger: Ledger, say) -> Result:
    people = await arrive(stage, options, ledger)
    for _ in range(2):  # the first one warms up
        at_rest = await recovery.measure(await people.new_probes(), database_url=stage.services.database_url)
    baseline = None if None in at_rest else max(at_rest[:2])
    say(f"everybody is here; a message is answered in {baseline or -1:.1f} s")
    silent, closing, started = asyncio.Event(), asyncio.Event(), time.monotonic()
    talking = [asyncio.create_task(visitor.live(silent)) for visitor in people.visitors]
    working = [asyncio.create_task(operator.live(closing)) for operator in people.operators]
    await _break_things(stage, options, ledger, people, started, say)
    while await _stored() < options.messages and time.monotonic() - started < options.most_minutes * 60:
        await asyncio.sleep(2)
    silent.set()
    await asyncio.gather(*talking)
    seconds = time.monotonic() - started
    closing.set()
    await asyncio.gather(*working)
    say("everybody is silent; waiting until nothing is left to do")
    await _come_to_rest(stage, options, ledger)
    for visitor in people.visitors + people.probes:
        await visitor.look()
    say("comparing the books")
    from bench.chaos.accounts import compare

    counts, problems, duplicates = await database.ask(lambda: compare(stage, people, ledger))
    await people.close()
    return Result(options, ledger, counts, problems, duplicates, seconds, baseline, _commit())


async def _break_things(stage, options: Options, ledger: Ledger, people: People, started: float, say) -> None:
    chance = random.Random(options.seed)
    names = choose(options.faults)
    order = [name for _ in range(options.rounds) for name in chance.sample(names, len(names))]
    for number, name in enumerate(order, 1):
        if time.monotonic() - started > options.most_minutes * 60:
            ledger.not_done += order[number - 1 :]
            return
        await asyncio.sleep(chance.uniform(0.5, 3.0))
        probes = await people.new_probes()
        at = time.monotonic()
        note = await FAULTS[name](stage, options) or ""
        lasted = time.monotonic() - at
        telegram, web, settled = await recovery.measure(probes, database_url=stage.services.database_url)
        ledger.recoveries.append(Recovery(name, at - started, lasted, web, telegram, settled, note))
        say(
            f"{number}/{len(order)} {name}: {lasted:.1f} s; answered at the widget after {_seconds(web)}, in Telegram "
            f"after {_seconds(telegram)}, settled after {_seconds(settled)} {note}"
        )


async def _come_to_rest(stage: Stage, options: Options, ledger: Ledger) -> None:
    """Waits until the desk owes nothing and Telegram has brought everything."""
    deadline = time.monotonic() + options.quiet
    calm = 0
    while calm < 3:
        calm = calm + 1 if await database.ask(lambda: _is_quiet(stage)) else 0
        if time.monotonic() > deadline:
            ledger.complaints.append(f"the desk did not come to rest in {options.quiet:.0f} s")
            return
        await asyncio.sleep(1)


def _is_quiet(stage: Stage) -> bool:
    from chats.models import Conversation, Delivery

    pending = sum(stage.sandbox.client.bot(bot)["pending_update_count"] for bot in ("support", "operators"))
    return not (pending or Conversation.objects.unanswered().exists() or Delivery.objects.pending().exists())


async def _stored() -> int:
    from chats.models import Message

    return await database.ask(Message.objects.count)


def _keep(logs: Path, where: Path) -> None:
    where.mkdir(parents=True, exist_ok=True)
    for log in logs.iterdir():
        (where / log.name).write_bytes(log.read_bytes())


def _seconds(value: float | None) -> str:
    return "never" if value is None else f"{value:.1f} s"


def _commit() -> str:
    import subprocess

    found = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True, check=False
    )
    return os.environ.get("CHAOS_COMMIT") or found.stdout.strip()
