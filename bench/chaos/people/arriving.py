"""Everybody comes in: visitors get their phones, operators are approved as an admin would do it."""

import asyncio
import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from bench.chaos import database
from bench.chaos.ledger import Ledger
from bench.chaos.options import Options
from bench.chaos.people.operators import Operator
from bench.chaos.people.patient_http import PatientHttp
from bench.chaos.people.telegram import TelegramVisitor
from bench.chaos.people.visitors import Visitor
from bench.chaos.people.web import WebVisitor
from bench.chaos.stage import Stage


@dataclass(slots=True)
class People:
    """Everybody who plays; `probes` say something only when recovery is measured, each of them once."""

    visitors: list[Visitor]
    operators: list[Operator]
    probes: list[Visitor]
    https: list[PatientHttp]
    newcomer: Callable[[int], Awaitable[Visitor]]

    async def new_probes(self) -> list[Visitor]:
        """One in Telegram and one at the widget, of whom the desk knows nothing: nobody else answers them."""
        new = [await self.newcomer(0), await self.newcomer(1)]
        self.probes += new
        return new

    async def close(self) -> None:
        """Ends their connections."""
        for http in self.https:
            await http.close()


async def arrive(stage: Stage, options: Options, ledger: Ledger) -> People:
    """Brings everybody to where they can begin."""
    web, phones = PatientHttp(stage.web_url, ledger), PatientHttp(stage.sandbox.url, ledger)
    chance = random.Random(options.seed)

    async def visitor(number: int) -> Visitor:
        own = {"ledger": ledger, "chance": random.Random(chance.random()), "pause": options.pause}
        if number % 2:
            return WebVisitor(http=web, **own)
        return TelegramVisitor(http=phones, person=await _person(phones, f"Посетитель {number}"), **own)

    visitors = [await visitor(number) for number in range(options.visitors)]
    operators = [
        Operator(
            http=phones,
            person=await _person(phones, f"Оператор {number}"),
            ledger=ledger,
            chance=random.Random(chance.random()),
        )
        for number in range(options.operators)
    ]
    await _approve(phones, operators)
    return People(visitors, operators, [], [web, phones], visitor)


async def _person(phones: PatientHttp, name: str) -> int:
    answer = await phones.request("POST", "/sandbox/api/people", json={"first_name": name})
    return answer.json()["id"]


async def _approve(phones: PatientHttp, operators: list[Operator]) -> None:
    from operators import duty
    from operators.models import Operator as Row

    for operator in operators:
        await phones.request("POST", f"{operator.path}/start", json={})
    people = [operator.person for operator in operators]
    for _ in range(200):
        rows = await database.ask(lambda: list(Row.objects.filter(telegram_id__in=people)))
        if len(rows) == len(people):
            break
        await asyncio.sleep(0.1)
    await database.ask(lambda: duty.approve(operator_ids=[row.pk for row in rows]))
    for operator in operators:
        await phones.request("POST", f"{operator.path}/start", json={})
    for _ in range(200):
        if await database.ask(lambda: Row.objects.on_duty().count()) == len(people):
            return
        await asyncio.sleep(0.1)
    raise RuntimeError("the operators did not come on duty")
