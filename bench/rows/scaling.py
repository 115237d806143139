"""Two worker processes against one."""

import time

from bench.desk import Desk
from bench.seeding import ask_questions
from bench.table import Row

THREADS, LATENCY, ANSWERS, ROUNDS = 6, 1.0, 60, 2


def measure(desk: Desk) -> list[Row]:
    """Few threads and a slow LLM, so that the cores last and only the sharing of the work is measured."""
    desk.start("llm")
    desk.llm_does(text="Доставка стоит двести рублей. Курьер позвонит за час.", latency=LATENCY)
    desk.forget()
    desk.start("worker1", "worker2", WORKER_THREADS=str(THREADS))
    _rate("warm")
    one, two = [], []
    for round_ in range(ROUNDS):
        two.append(_rate(f"two{round_}"))
        desk.stop("worker2")
        one.append(_rate(f"one{round_}"))
        desk.start("worker2", WORKER_THREADS=str(THREADS))
    desk.stop("worker1", "worker2", "llm")
    figure, floor = max(two), max(one)
    return [
        Row(
            topic="scaling",
            what="Two worker processes against one",
            figure=figure,
            floor=floor,
            floor_is="one",
            unit="answers/s",
            goal="at least 1.8 times, while cores last",
            met=figure >= 1.8 * floor,
            used=1.8 * floor / figure,
            note=f"{THREADS} threads each, LLM of {LATENCY:.0f} s: the cores last",
        )
    ]


def _rate(name: str) -> float:
    """Answers a second."""
    from chats.models import Message

    before, started = Message.objects.filter(author="bot").count(), time.monotonic()
    ask_questions(ANSWERS, name=name)
    while Message.objects.filter(author="bot").count() < before + ANSWERS:
        assert time.monotonic() - started < 120, "the workers did not answer in time"
        time.sleep(0.02)
    return ANSWERS / (time.monotonic() - started)
