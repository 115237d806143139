"""What every visitor does, through whichever door: asks, sometimes twice at once, and now and then wants a person."""

import asyncio
import random
from abc import ABC, abstractmethod

from bench.chaos.ledger import Ledger
from bench.chaos.people import words

ASKS_FOR_PERSON = 0.03
SAYS_TWO_THINGS = 0.15
TAKES_BACK = 0.02  # at each look, while waiting


class Visitor(ABC):
    """One visitor. `live` until told to stop; after that `look` once more shows all there is."""

    def __init__(self, *, ledger: Ledger, chance: random.Random, pause: float) -> None:
        self.ledger, self.chance, self.pause = ledger, chance, pause
        self.state = "bot"

    async def live(self, stopping: asyncio.Event) -> None:
        """Talks until told to stop; what goes wrong is a complaint, not an end."""
        await self._rest(stopping, self.chance.uniform(0, self.pause))
        while not stopping.is_set():
            try:
                await self._talk()
            except (TimeoutError, AssertionError) as error:
                self.ledger.complaints.append(f"{self}: {error}")
            await self._rest(stopping, self.chance.expovariate(1 / self.pause))

    async def _talk(self) -> None:
        await self.look()
        if self.state == "operator":
            await self.say(words.remark())
        elif self.state == "waiting":
            if self.chance.random() < TAKES_BACK:
                await self.take_back()
        elif self.chance.random() < ASKS_FOR_PERSON:
            await self.say(words.call())
        else:
            await self.say(words.question())
            if self.chance.random() < SAYS_TWO_THINGS:
                await self.say(words.question())

    async def _rest(self, stopping: asyncio.Event, seconds: float) -> None:
        """A pause, in which the visitor looks at the screen now and then."""
        while seconds > 0 and not stopping.is_set():
            step = min(seconds, self.looks_every)
            await asyncio.sleep(step)
            seconds -= step
            if seconds > 0:
                try:
                    await self.look()
                except (TimeoutError, AssertionError) as error:
                    self.ledger.complaints.append(f"{self}: {error}")

    looks_every = 2.0

    @abstractmethod
    async def say(self, text: str) -> None:
        """Says something, again and again until it is accepted."""

    @abstractmethod
    async def look(self) -> None:
        """Reads what is new."""

    @abstractmethod
    async def take_back(self) -> None:
        """Would rather talk to the bot after all."""

    @abstractmethod
    async def is_answered(self, text: str) -> bool:
        """Has the bot answered this text, or a human been called since?"""
