"""A visitor in Telegram: the sandbox is the phone."""

import random

from bench.chaos.ledger import Ledger, Said
from bench.chaos.people.patient_http import PatientHttp
from bench.chaos.people.visitors import Visitor

OPERATOR = "К диалогу подключился оператор"
WAITING = "Переключаю на человека"
WITH_BOT = ("Чат окончен.", "Хорошо, снова отвечает бот.", "Оператор передал диалог боту")


class TelegramVisitor(Visitor):
    looks_every = 5.0

    def __init__(
        self, *, http: PatientHttp, person: int, ledger: Ledger, chance: random.Random, pause: float
    ) -> None:
        super().__init__(ledger=ledger, chance=chance, pause=pause)
        self.http, self.person = http, person
        self.path = f"/sandbox/api/chats/support/{person}"
        self.messages: list[dict] = []
        self._last_id = 0

    def __str__(self) -> str:
        return f"telegram {self.person}"

    async def say(self, text: str) -> None:
        answer = await self.http.request("POST", f"{self.path}/text", json={"text": text})
        assert answer.status_code < 300, f"{answer.status_code} {answer.text[:200]}"
        self.ledger.said.append(Said("telegram", str(self.person), text))

    async def look(self) -> None:
        answer = await self.http.request("GET", self.path, params={"after": self._last_id})
        for message in answer.json()["messages"]:
            self._last_id = max(self._last_id, message["message_id"])
            self.messages.append(message)
            text = message.get("text", "")
            if message.get("outgoing"):
                continue
            if text.startswith(WAITING):
                self.state = "waiting"
            elif text.startswith(OPERATOR):
                self.state = "operator"
            elif text.startswith(WITH_BOT):
                self.state = "bot"

    async def take_back(self) -> None:
        await self.http.request("POST", f"{self.path}/text", json={"text": "/bot"})

    async def is_answered(self, text: str) -> bool:
        await self.look()
        said = next((number for number, m in enumerate(self.messages) if m.get("text") == text), None)
        return said is not None and any(not message.get("outgoing") for message in self.messages[said + 1 :])
