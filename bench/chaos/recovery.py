"""How soon the desk is well again: a new message is answered at both doors, and what was accepted before is settled."""

import asyncio
import time

import psycopg

from bench.chaos.people import words
from bench.chaos.people.visitors import Visitor

PATIENCE = 60.0  # seconds

_NOW = "SELECT now()"
_OPEN = """
SELECT
  (SELECT count(*) FROM chats_conversation c WHERE c.state = 'bot' AND NOT c.parked AND c.visitor_seq > c.answered_seq
   AND EXISTS (SELECT 1 FROM chats_message m WHERE m.conversation_id = c.id AND m.author = 'visitor'
               AND m.seq > c.answered_seq AND m.created_at < %(moment)s))
  + (SELECT count(*) FROM chats_delivery WHERE state = 'pending' AND created_at < %(moment)s)
"""


async def measure(
    probes: list[Visitor], *, database_url: str
) -> tuple[float | None, float | None, float | None]:
    """Seconds until the probes in Telegram and at the widget were answered, and until all older work was done."""
    started = time.monotonic()
    telegram, web = probes
    return await asyncio.gather(
        _answered(telegram, started),
        _answered(web, started),
        _settled(database_url, started),
    )


async def _answered(probe: Visitor, started: float) -> float | None:
    text = words.question()
    try:
        await probe.say(text)
        while time.monotonic() - started < PATIENCE:
            if await probe.is_answered(text):
                return time.monotonic() - started
            await asyncio.sleep(0.1)
    except (TimeoutError, AssertionError) as error:
        probe.ledger.complaints.append(f"probe {probe}: {error}")
    return None


async def _settled(database_url: str, started: float) -> float | None:
    """By a connection of its own, which is made anew where it breaks."""
    moment = None
    while time.monotonic() - started < PATIENCE:
        try:
            async with await psycopg.AsyncConnection.connect(
                database_url, autocommit=True, connect_timeout=3
            ) as connection:
                moment = moment or await _first(connection, _NOW)
                while time.monotonic() - started < PATIENCE:
                    if await _first(connection, _OPEN, {"moment": moment}) == 0:
                        return time.monotonic() - started
                    await asyncio.sleep(0.2)
        except psycopg.Error:
            await asyncio.sleep(0.2)
    return None


async def _first(connection: psycopg.AsyncConnection, query: str, parameters: dict | None = None):
    return (await (await connection.execute(query, parameters)).fetchone())[0]
