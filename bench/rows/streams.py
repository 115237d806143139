"""Ten thousand open streams on one realtime process, beside a bare asyncio SSE server with as many."""

import asyncio

import psutil

from bench import streams
from bench.desk import Desk
from bench.table import Row

STREAMS = 10_000


def measure(desk: Desk) -> list[Row]:
    """Memory and fan-out."""
    desk.forget()
    streams.IDLE_SECONDS, streams.RATE_SECONDS = 8, 8
    found = {}
    for name in ("realtime", "sse"):
        desk.start(name)
        process = psutil.Process(desk.running[name].pid)
        found[name] = asyncio.run(streams.measure(process, desk.ports[name], STREAMS))
        desk.stop(name)
    ours, bare = found["realtime"], found["sse"]
    each, late = (
        ours["KB for a stream, process included"],
        max(ours["200/s: p99, ms"], ours["1000/s: p99, ms"]),
    )
    lost = sum(value for name, value in ours.items() if name.endswith(": lost"))
    floor = {"floor_is": "bare asyncio SSE server", "topic": "streams"}
    return [
        Row(
            what=f"{STREAMS:,} open streams on one realtime process: memory for each, the process included",
            figure=each,
            floor=bare["KB for a stream, process included"],
            unit="KB",
            goal="under 60 KB each",
            met=each < 60,
            used=each / 60,
            note=f"{ours['CPU while idle, %']:.0f}% of a core while idle",
            more={"streams": ours, "bare": bare},
            **floor,
        ),
        Row(
            what="Fan-out to streams drawn at random, p99 at 200 and at 1,000 events/s, the worse of the two",
            figure=late,
            floor=max(bare["200/s: p99, ms"], bare["1000/s: p99, ms"]),
            unit="ms",
            goal="p99 under 100 ms",
            met=late < 100 and not lost,
            used=late / 100,
            note=f"{lost} lost; one to every stream at once: median {ours['one to every stream: median, ms']:.0f} ms",
            **floor,
        ),
    ]
