"""A visitor at the widget: posts with a client_id until told that it is stored, and polls."""

import itertools
import random
import uuid

from bench.chaos.ledger import Ledger, Said
from bench.chaos.people.patient_http import PatientHttp
from bench.chaos.people.visitors import Visitor

URL = "/api/v1/chat/messages"
_numbers = itertools.count(1)


class WebVisitor(Visitor):
    def __init__(self, *, http: PatientHttp, ledger: Ledger, chance: random.Random, pause: float) -> None:
        super().__init__(ledger=ledger, chance=chance, pause=pause)
        self.http = http
        self.token = f"chaos-visitor-{next(_numbers):06d}"
        self.read = ledger.read.setdefault(self.token, [])

    def __str__(self) -> str:
        return self.token

    async def say(self, text: str) -> None:
        body = {"text": text, "client_id": str(uuid.UUID(int=self.chance.getrandbits(128), version=4))}
        answer = await self.http.request("POST", URL, json=body, headers=self._headers)
        assert answer.status_code in (200, 201), f"POST: {answer.status_code} {answer.text[:200]}"
        self.ledger.said.append(Said("web", self.token, text, answer.json()["seq"]))

    async def look(self) -> None:
        after = self.read[-1]["seq"] if self.read else 0
        answer = await self.http.request("GET", URL, params={"after": after}, headers=self._headers)
        assert answer.status_code == 200, f"GET: {answer.status_code}"
        page = answer.json()
        for message in page["messages"]:
            last = self.read[-1]["seq"] if self.read else 0
            assert message["seq"] == last + 1, f"after seq {last} came {message['seq']}"
            self.read.append(message)
        self.state = page["state"]

    async def take_back(self) -> None:
        await self.http.request("DELETE", "/api/v1/chat/operator", headers=self._headers)

    async def is_answered(self, text: str) -> bool:
        await self.look()
        said = next((message["seq"] for message in self.read if message["text"] == text), None)
        return said is not None and any(
            message["seq"] > said and message["author"] != "visitor" for message in self.read
        )

    @property
    def _headers(self) -> dict[str, str]:
        return {"Chat-Token": self.token}
