"""What a visitor waits for beside the LLM: until its first words are on the screen, and until the whole answer is."""

import asyncio
import itertools
import random
import time

import httpx
import openai

from bench.desk import Desk
from bench.table import Row
from bench.visitors import Visitor, percentile

VISITORS, SECONDS = 50, 30
LLM = {
    "latency": 1.0,
    "pause": 0.05,
    "text": "Доставка по Казани стоит двести девяносто рублей и занимает один или два дня, смотря по району. "
    + "Курьер позвонит за час до приезда, и время можно перенести прямо в разговоре с ним. " * 4,
}
READS = (2.0, 6.0)  # seconds for which a visitor reads an answer before the next question


def measure(desk: Desk) -> list[Row]:
    """Both rows."""
    desk.forget()
    desk.start("llm", "web", "realtime", "worker", "beat")
    desk.llm_does(**LLM)
    first, complete, floor = asyncio.run(_talk(desk))
    desk.stop("beat", "worker", "realtime", "web", "llm")
    at_once = f"{VISITORS} conversations at once, {len(complete)} answers in {SECONDS} s, LLM of about 3 s"
    return [
        _row("First words: POST to first delta, LLM time taken off", first, floor, (25, 100), at_once),
        _row("Reply complete to visible on the stream", complete, [], (15, 60), at_once),
    ]


async def _talk(desk: Desk) -> tuple[list[float], list[float], list[float]]:
    limits = httpx.Limits(max_connections=VISITORS)
    url = f"http://127.0.0.1:{desk.ports['web']}"
    async with httpx.AsyncClient(base_url=url, limits=limits, trust_env=False, timeout=30) as http:
        visitors = [
            Visitor(f"bench-visitor-{number:08d}", http, desk.ports["realtime"]) for number in range(VISITORS)
        ]
        await asyncio.gather(*(visitor.open() for visitor in visitors))
        numbers, said = itertools.count(), {}
        await asyncio.gather(*(_live(v, numbers, {}, time.time()) for v in visitors))  # imports, connections
        until = time.time() + SECONDS
        await asyncio.gather(*(_live(visitor, numbers, said, until) for visitor in visitors))
        for visitor in visitors:
            visitor.reading.cancel()
    asked = {_question(request): request for request in desk.ask("llm", "/control")["requests"]}
    first, complete = [], []
    for question, (posted, shown, whole) in said.items():
        llm = asked[question]
        # Not a character is shown before the brake has seen the first sentence: writing that is the LLM's time.
        first.append(shown - posted - (llm["finished"] - llm["asked"]) * _share_held())
        complete.append(whole - llm["finished"])
    return first, complete, await _floor(desk)


async def _live(visitor: Visitor, numbers, said: dict, until: float) -> None:
    while True:
        await asyncio.sleep(random.uniform(*READS) if said or until > time.time() else random.uniform(0, 2))
        question = f"Вопрос {next(numbers)}: сколько стоит доставка?"
        posted = await visitor.say(question)
        shown = await visitor.wait("delta")
        whole = await visitor.wait("message", author="bot")
        said[question] = (posted, shown.at, whole.at)
        if time.time() > until:
            return


async def _floor(desk: Desk) -> list[float]:
    """The same LLM, called directly, by as many at once: its first words, its own time taken off."""
    from bench.environment import SECRET

    client = openai.AsyncOpenAI(
        api_key=SECRET, base_url=f"http://127.0.0.1:{desk.ports['llm']}/v1", max_retries=0
    )
    times: list[float] = []

    async def ask(_: int) -> None:
        await asyncio.sleep(random.uniform(0, 4))
        started = time.time()
        messages = [{"role": "user", "content": "Сколько стоит доставка?"}]
        async with await client.chat.completions.create(model="m", messages=messages, stream=True) as stream:
            async for chunk in stream:
                if chunk.choices and chunk.choices[0].delta.content:
                    times.append(time.time() - started - LLM["latency"])
                    break

    for _ in range(3):
        await asyncio.gather(*map(ask, range(VISITORS)))
    return times[VISITORS:]  # the first round opens the connections


def _share_held() -> float:
    """How much of its time the LLM needs for the piece with which the brake lets go: pieces of 12 characters."""
    from llm.brake import HELD_CHARACTERS

    before, pieces = -(-HELD_CHARACTERS // 12) - 1, -(-len(LLM["text"]) // 12)
    return (LLM["latency"] + before * LLM["pause"]) / (LLM["latency"] + pieces * LLM["pause"])


def _question(request: dict) -> str:
    return request["body"]["messages"][-1]["content"].split("\n")[-1]


def _row(what: str, times: list[float], floor: list[float], goal: tuple[int, int], note: str) -> Row:
    median, late = percentile(times, 0.5), percentile(times, 0.99)
    return Row(
        topic="live",
        what=what,
        figure=median,
        floor=percentile(floor, 0.5) if floor else None,
        floor_is="openai SDK, the same LLM",
        unit="ms",
        goal=f"median {goal[0]} ms, p99 {goal[1]} ms",
        met=median <= goal[0] and late <= goal[1],
        used=max(median / goal[0], late / goal[1]),
        note=f"{note}; p99 {late:.0f} ms",
        more={"p99": late, "floor_p99": percentile(floor, 0.99) if floor else None, "answers": len(times)},
    )
