"""What an answer costs the worker, beside a bare openai SDK stream; how many it writes at once."""

import statistics
import subprocess
import sys
import time

from bench.desk import ROOT, Desk
from bench.seeding import ask_questions
from bench.table import Row

CHUNKS, CHUNK = 40, 12
TEXT = (
    "Доставка по Казани стоит двести девяносто рублей и занимает один или два дня. "
    "Курьер позвонит за час до приезда, и время можно перенести прямо в разговоре с ним. "
) * 3
TEXT = TEXT[: CHUNKS * CHUNK]
AT_ONCE, ANSWERS, ROUNDS = 20, 120, 2
MANY, LLM_SECONDS = 1000, 10


def measure(desk: Desk) -> list[Row]:
    """Both rows."""
    desk.start("llm")
    return [_cpu(desk), _many(desk)]


def _cpu(desk: Desk) -> Row:
    desk.forget()
    desk.llm_does(text=TEXT, latency=0.2, pause=0.025)
    desk.start("worker", WORKER_THREADS=str(AT_ONCE))
    bare = subprocess.Popen(
        [
            sys.executable,
            "-m",
            "bench.floors.openai_stream",
            f"http://127.0.0.1:{desk.ports['llm']}/v1",
            str(AT_ONCE),
        ],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
    )
    ours, floor = [], []
    try:
        for round_ in range(-1, ROUNDS):  # the first one warms up, and does not count
            ours.append(_answered(desk, round_))
            bare.stdin.write(f"{ANSWERS}\n")
            bare.stdin.flush()
            floor.append(float(bare.stdout.readline()))
    finally:
        bare.stdin.close()
        bare.wait()
    desk.stop("worker")
    figure, least = statistics.median(ours[1:]) * 1000, statistics.median(floor[1:]) * 1000
    return Row(
        topic="worker",
        what=f"CPU of the worker for an answer, streamed in {CHUNKS} chunks",
        figure=figure,
        floor=least,
        floor_is="bare openai SDK stream",
        unit="ms",
        goal="at most 2 times the floor",
        met=figure <= 2 * least,
        used=figure / (2 * least),
        note=f"{AT_ONCE} at once",
    )


def _answered(desk: Desk, round_: int) -> float:
    """CPU seconds of the worker for one answer."""
    from chats.models import Message

    before = Message.objects.filter(author="bot").count()
    cpu = desk.cpu("worker")
    ask_questions(ANSWERS, name=f"cpu{round_}")
    _until(lambda: Message.objects.filter(author="bot").count() >= before + ANSWERS, 120)
    return (desk.cpu("worker") - cpu) / ANSWERS


def _many(desk: Desk) -> Row:
    from chats.models import Message

    desk.forget()
    desk.llm_does(text=TEXT, latency=LLM_SECONDS)
    desk.start("worker", WORKER_THREADS=str(MANY + 24))
    idle = desk.memory("worker")
    ask_questions(MANY, name="many")
    most = memory = 0
    deadline = time.monotonic() + 90
    while Message.objects.filter(author="bot").count() < MANY and time.monotonic() < deadline:
        most = max(most, desk.ask("llm", "/load")["at_once"])
        memory = max(memory, desk.memory("worker"))
        time.sleep(0.2)
    answered = Message.objects.filter(author="bot").count()
    desk.stop("worker")
    return Row(
        topic="worker",
        what=f"Conversations being answered at once by one worker process, LLM of {LLM_SECONDS} s",
        figure=most,
        goal=f"{MANY:,}, under 350 MB",
        met=most >= MANY and memory < 350e6 and answered == MANY,
        used=max(MANY / max(most, 1), memory / 350e6),
        note=f"{memory / 1e6:.0f} MB, {idle / 1e6:.0f} MB idle; {answered} of {MANY} answered",
        more={"memory_mb": memory / 1e6, "idle_mb": idle / 1e6},
    )


def _until(done, seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while not done():
        assert time.monotonic() < deadline, "the worker did not answer in time"
        time.sleep(0.05)
