"""Between an operator in Telegram and a visitor of the website, in both directions; the sandbox is Telegram."""

import asyncio
import random
import time

import httpx

from bench.desk import Desk
from bench.table import Row
from bench.visitors import Visitor, percentile
from telegram_bot.sandbox.client import SandboxChat

PAIRS, ROUNDS = 6, 25
PAUSE = (0.3, 0.9)  # seconds


def measure(desk: Desk) -> list[Row]:
    """Both directions."""
    desk.forget()
    desk.sandbox.client.reset()
    desk.register_webhooks()
    desk.start("llm", "web", "realtime", "worker", "beat")
    to_visitor, to_operator, floor = asyncio.run(_talk(desk))
    desk.stop("beat", "worker", "realtime", "web", "llm")
    return [
        _row("Operator's Telegram update to visible on the visitor's stream", to_visitor, []),
        _row("Visitor's POST to sendMessage reaching the Bot API", to_operator, floor),
    ]


async def _talk(desk: Desk) -> tuple[list[float], list[float], list[float]]:
    url = f"http://127.0.0.1:{desk.ports['web']}"
    async with httpx.AsyncClient(base_url=url, trust_env=False, timeout=30) as http:
        pairs = []
        for number in range(PAIRS):
            operator = await asyncio.to_thread(_operator, desk, f"Оператор {number}")
            visitor = Visitor(f"bench-telegram-{number:04d}", http, desk.ports["realtime"])
            await visitor.open()
            await visitor.say("Позовите оператора")
            await asyncio.to_thread(_claim, operator)
            await visitor.wait("state", state="operator")
            pairs.append((visitor, operator))
        to_visitor, to_operator = [], []
        await asyncio.gather(*(_exchange(desk, *pair, [], [], 2) for pair in pairs))  # connections, imports
        await asyncio.gather(*(_exchange(desk, *pair, to_visitor, to_operator, ROUNDS) for pair in pairs))
        for visitor, _ in pairs:
            visitor.reading.cancel()
        return to_visitor, to_operator, await _floor(desk, pairs[0][1])


async def _exchange(
    desk: Desk, visitor: Visitor, operator: SandboxChat, to_visitor: list, to_operator: list, rounds: int
) -> None:
    for number in range(rounds):
        await asyncio.sleep(random.uniform(*PAUSE))
        words = f"Чайник {number} {time.time()}"
        posted = await visitor.say(words)
        shown = await asyncio.to_thread(operator.wait_for_bot, words)
        to_operator.append(_reached(desk, operator, words) - posted)
        await asyncio.sleep(random.uniform(*PAUSE))
        answer = f"Ответ {number} {time.time()}"
        started = time.time()
        await asyncio.to_thread(operator.send, answer, reply_to=shown)
        event = await visitor.wait("message", author="operator", text=answer)
        to_visitor.append(event.at - started)


def _reached(desk: Desk, operator: SandboxChat, words: str) -> float:
    """When the Bot API was called."""
    calls = desk.sandbox.client.calls(bot="operators", method="sendMessage", chat=operator.person)
    return next(call["time"] for call in reversed(calls) if words in call["params"]["text"])


async def _floor(desk: Desk, operator: SandboxChat) -> list[float]:
    """A bare sendMessage to the same Bot API."""
    times, words = [], {"chat_id": operator.person, "text": "Ещё минуту"}
    async with httpx.AsyncClient(trust_env=False) as http:
        for _ in range(40):
            started = time.time()
            await http.post(f"{desk.sandbox.url}/bot1000002:sandbox-operators/sendMessage", json=words)
            times.append(time.time() - started)
            await asyncio.sleep(0.05)
    return times


def _operator(desk: Desk, name: str) -> SandboxChat:
    from operators.duty import approve
    from operators.models import Operator

    client = desk.sandbox.client
    chat = client.chat("operators", client.create_person(name, language_code="ru"))
    chat.start()
    chat.wait_for_bot("администратор")
    approve(operator_ids=[Operator.objects.get(telegram_id=chat.person).pk])
    chat.wait_for_bot("Нажмите /start")
    chat.start()
    chat.wait_for_bot("на дежурстве")
    return chat


def _claim(operator: SandboxChat) -> None:
    card = operator.wait_for_bot(
        lambda message: any(
            "Взять" in button["text"]
            for row in (message.get("reply_markup") or {}).get("inline_keyboard", [])
            for button in row
        )
    )
    operator.press(card, data=card["reply_markup"]["inline_keyboard"][0][0]["callback_data"])
    operator.wait_for_bot("Диалог ваш")


def _row(what: str, times: list[float], floor: list[float]) -> Row:
    median, late = percentile(times, 0.5), percentile(times, 0.99)
    return Row(
        topic="telegram",
        what=what,
        figure=median,
        floor=percentile(floor, 0.5) if floor else None,
        floor_is="bare sendMessage" if floor else "",
        unit="ms",
        goal="median 30 ms, p99 120 ms",
        met=median <= 30 and late <= 120,
        used=max(median / 30, late / 120),
        note=f"{PAIRS} dialogues at once; p99 {late:.0f} ms",
        more={"p99": late, "messages": len(times)},
    )
