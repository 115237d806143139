"""Requests that are made again until they are answered: what a browser's widget and Telegram itself do."""

import asyncio
import random
import time

import httpx

from bench.chaos.ledger import Ledger

LONGEST = 120.0  # seconds that a visitor has patience with one request


class PatientHttp:
    """One client for all visitors."""

    def __init__(self, base_url: str, ledger: Ledger) -> None:
        self._http = httpx.AsyncClient(
            base_url=base_url,
            timeout=httpx.Timeout(30, connect=3),
            limits=httpx.Limits(max_connections=400, max_keepalive_connections=50),
            trust_env=False,
        )
        self._ledger = ledger

    async def close(self) -> None:
        await self._http.aclose()

    async def request(self, method: str, path: str, **options) -> httpx.Response:
        """The first answer below 500 that is no 429. Raises TimeoutError when there is none."""
        end, pause = time.monotonic() + LONGEST, 0.3
        while time.monotonic() < end:
            try:
                answer = await self._http.request(method, path, **options)
                if answer.status_code < 500 and answer.status_code != 429:
                    return answer
                self._ledger.events[f"HTTP {answer.status_code}, tried again"] += 1
            except httpx.HTTPError as error:
                self._ledger.events[f"{type(error).__name__}, tried again"] += 1
            await asyncio.sleep(pause * random.uniform(0.7, 1.3))
            pause = min(2.0, pause * 1.5)
        raise TimeoutError(f"{method} {path}: no answer in {LONGEST:.0f} s")
