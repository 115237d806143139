"""The idle poll and the accepting of a message, beside bare Django views under the same server."""

import itertools
import json
import statistics
import uuid
from collections.abc import Callable

from django.db import connection

from bench.client import Load, get, load, post
from bench.desk import Desk
from bench.floors.urls import TABLE
from bench.table import Row

ROUNDS, SECONDS, VISITORS = 4, 2.5, 400
QUESTION = {"text": "Сколько стоит доставка в Казань?"}


def measure(desk: Desk) -> list[Row]:
    """Both rows."""
    desk.start("web", "bare")
    desk.forget()
    with connection.cursor() as cursor:
        cursor.execute(TABLE)
    tokens = [f"bench-visitor-{number:08d}" for number in range(VISITORS)]
    messages = itertools.count()

    def message(number: int) -> bytes:
        body = json.dumps(QUESTION | {"client_id": str(uuid.UUID(int=next(messages)))}).encode()
        return post("/api/v1/chat/messages", body, Chat_Token=tokens[number % VISITORS])

    polls = [get("/api/v1/chat/messages?after=1000000", Chat_Token=token) for token in tokens]
    bare, insert = get("/bare"), post("/insert", json.dumps(QUESTION).encode())
    accepting = _compare(desk, message, lambda _: insert)
    polling = _compare(desk, lambda number: polls[number % VISITORS], lambda _: bare)
    desk.stop("bare", "web")
    desk.forget()
    return [
        _row("Accept a widget message: durable, task enqueued", "one INSERT and commit", accepting),
        _row("Idle poll, no SQL", "bare Django view", polling),
    ]


def _compare(desk: Desk, ours: Callable[[int], bytes], floor: Callable[[int], bytes]) -> dict:
    """By turns, so that the noise of the machine hits both."""
    sides = {"web": (ours, []), "bare": (floor, [])}
    for name, (make, _) in sides.items():
        load(desk.ports[name], make, seconds=1.0)  # imports, connections, contacts
    for _ in range(ROUNDS):
        for name, (make, runs) in sides.items():
            cpu = desk.cpu(name)
            run = load(desk.ports[name], make, seconds=SECONDS)
            assert not run.bad, f"{name}: {run.bad[-500:]!r}"
            runs.append((run, (desk.cpu(name) - cpu) / run.answers))
    return {name: runs for name, (_, runs) in sides.items()}


def _row(what: str, floor_is: str, runs: dict[str, list[tuple[Load, float]]]) -> Row:
    rates = {name: statistics.median(run.rate for run, _ in of) for name, of in runs.items()}
    cpu = {name: statistics.median(cpu for _, cpu in of) for name, of in runs.items()}
    return Row(
        topic="http",
        what=what,
        figure=rates["web"],
        floor=rates["bare"],
        floor_is=floor_is,
        unit="/s",
        goal="at least 0.5 of the floor",
        met=rates["web"] >= 0.5 * rates["bare"],
        used=0.5 * rates["bare"] / rates["web"],
        note=f"one web process; CPU {cpu['web'] * 1000:.2f} ms against {cpu['bare'] * 1000:.2f} ms",
        more={
            "cpu_ms": cpu["web"] * 1000,
            "floor_cpu_ms": cpu["bare"] * 1000,
            "client_cores": max(run.own_cpu for of in runs.values() for run, _ in of),
        },
    )
