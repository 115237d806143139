"""One run: everybody talks, the faults happen, everybody falls silent, the books are compared."""

import asyncio
import os
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from bench.chaos import database, recovery
from bench.chaos.breaking import break_things
from bench.chaos.ledger import Ledger
from bench.chaos.options import Options
from bench.chaos.people.arriving import arrive
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
    interrupted: bool


async def run(
    options: Options,
    *,
    stopping: asyncio.Event | None = None,
    say=lambda text: None,
    keep_logs: Path | None = None,
) -> Result:
    """Does it all, and returns what the books say. Once `stopping` is set nothing new is begun."""
    with tempfile.TemporaryDirectory(prefix="switchboard-chaos-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        folder.chmod(0o755)
        ledger = Ledger()
        say("starting the processes")
        async with Stage(folder) as stage:
            try:
                return await _on(stage, options, ledger, stopping or asyncio.Event(), say)
            finally:
                if keep_logs:
                    _keep(stage.logs, keep_logs)


async def _on(stage: Stage, options: Options, ledger: Ledger, stopping: asyncio.Event, say) -> Result:
    people = await arrive(stage, options, ledger)
    for _ in range(2):  # the first one warms up
        at_rest = await recovery.measure(await people.new_probes(), database_url=stage.services.database_url)
    baseline = None if None in at_rest else max(at_rest[:2])
    say(f"everybody is here; a message is answered in {baseline or -1:.1f} s")
    silent, closing, started = asyncio.Event(), asyncio.Event(), time.monotonic()
    talking = [asyncio.create_task(visitor.live(silent)) for visitor in people.visitors]
    working = [asyncio.create_task(operator.live(closing)) for operator in people.operators]
    await break_things(stage, options, ledger, people, started=started, stopping=stopping, say=say)
    await _talk_on(options, started, stopping, say)
    silent.set()
    await asyncio.gather(*talking)
    seconds = time.monotonic() - started
    closing.set()
    await asyncio.gather(*working)
    interrupted = stopping.is_set()
    say("everybody is silent; waiting until nothing is left to do")
    await _come_to_rest(stage, options, ledger)
    for visitor in people.visitors + people.probes:
        await visitor.look()
    say("comparing the books")
    from bench.chaos.accounts import compare

    counts, problems, duplicates = await database.ask(lambda: compare(stage, people, ledger))
    await people.close()
    return Result(options, ledger, counts, problems, duplicates, seconds, baseline, _commit(), interrupted)


async def _talk_on(options: Options, started: float, stopping: asyncio.Event, say) -> None:
    """Until enough has been said."""
    said_at = 0.0
    while not stopping.is_set() and time.monotonic() - started < options.most_minutes * 60:
        stored = await _stored()
        if stored >= options.messages:
            return
        if time.monotonic() - said_at > 30:
            said_at = time.monotonic()
            say(f"{stored} of {options.messages} messages")
        await asyncio.sleep(2)


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


def _commit() -> str:
    import subprocess

    found = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True, check=False
    )
    return os.environ.get("CHAOS_COMMIT") or found.stdout.strip()
