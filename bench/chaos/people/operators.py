"""An operator: takes every card, answers what visitors write by replying to it, and finishes after a few answers."""

import asyncio
import random
import re

from bench.chaos.ledger import Ledger, OperatorSaid
from bench.chaos.people import words
from bench.chaos.people.patient_http import PatientHttp

ANSWERS_PER_DIALOGUE = 3
_NUMBER = re.compile(r"№(\d+)")


class Operator:
    """One operator, on duty all the time."""

    def __init__(self, *, http: PatientHttp, person: int, ledger: Ledger, chance: random.Random) -> None:
        self.http, self.person, self.ledger, self.chance = http, person, ledger, chance
        self.path = f"/sandbox/api/chats/operators/{person}"
        self._last_id = 0
        self._pressed: set[int] = set()
        self._answers: dict[str, int] = {}  # by number of the dialogue

    async def live(self, stopping: asyncio.Event) -> None:
        """Works until told to stop: then only what is held is finished."""
        while True:
            try:
                await self._work(taking=not stopping.is_set())
            except (TimeoutError, AssertionError) as error:
                self.ledger.complaints.append(f"operator {self.person}: {error}")
            if stopping.is_set():
                return
            await asyncio.sleep(self.chance.uniform(0.7, 1.5))

    async def _work(self, *, taking: bool) -> None:
        answer = await self.http.request("GET", self.path, params={"after": self._last_id})
        for message in answer.json()["messages"]:
            self._last_id = max(self._last_id, message["message_id"])
            if not message.get("outgoing"):
                await self._on(message, taking=taking)

    async def _on(self, message: dict, *, taking: bool) -> None:
        rows = (message.get("reply_markup") or {}).get("inline_keyboard") or []
        buttons = [button for row in rows for button in row]
        claim = next((button for button in buttons if "Взять" in button["text"]), None)
        number = _NUMBER.search(message.get("text", ""))
        text = message.get("text", "")
        if claim:
            if taking:
                press = {"message_id": message["message_id"], "data": claim["callback_data"], "force": True}
                await self.http.request("POST", f"{self.path}/press", json=press)
        elif number and (text.startswith("✅ №") or (text.startswith("№") and "#" in text)):
            await self._answer(number.group(1), message["message_id"])

    async def _answer(self, number: str, message_id: int) -> None:
        """A welcome, or a visitor's words."""
        self._answers[number] = self._answers.get(number, 0) + 1
        text = words.remark()
        answer = await self.http.request(
            "POST", f"{self.path}/text", json={"text": text, "reply_to": message_id}
        )
        if answer.status_code >= 300:
            return
        said = answer.json()["message"]["message_id"]
        self.ledger.operator_said.append(OperatorSaid(self.person, said, text))
        if self._answers[number] >= ANSWERS_PER_DIALOGUE or self.chance.random() < 0.3:
            await self.http.request(
                "POST", f"{self.path}/text", json={"text": "/finish", "reply_to": message_id}
            )
            self._answers[number] = 0
