"""What changed, for the page and for whoever waits: a revision that grows and a short memory of changes."""

import asyncio
from collections import deque
from contextlib import suppress

REMEMBERED = 2000


class Events:
    def __init__(self):
        self.revision = 0
        self._changes: deque[dict] = deque(maxlen=REMEMBERED)
        self._changed = asyncio.Event()
        self.ended = False

    def end(self) -> None:
        """The process stops: whoever waits need not wait on."""
        self.ended = True
        self._changed.set()

    def publish(self, kind: str, *, bot: str | None = None, person: int | None = None) -> None:
        """Wake everybody who waits."""
        self.revision += 1
        self._changes.append({"revision": self.revision, "kind": kind, "bot": bot, "person": person})
        self._changed.set()
        self._changed = asyncio.Event()

    def since(self, revision: int) -> dict:
        """Changes after `revision`; `reset` when they are no longer all remembered (or are another process's)."""
        oldest = self._changes[0]["revision"] if self._changes else self.revision + 1
        if revision > self.revision or revision + 1 < oldest:
            return {"revision": self.revision, "changes": [], "reset": True}
        return {
            "revision": self.revision,
            "changes": [change for change in self._changes if change["revision"] > revision],
        }

    async def wait(self, revision: int, timeout: float) -> dict:
        """As `since`, but waits up to `timeout` seconds for the first change."""
        changed = self._changed
        if self.revision == revision and not self.ended:
            with suppress(TimeoutError):
                await asyncio.wait_for(changed.wait(), timeout)
        return self.since(revision)
