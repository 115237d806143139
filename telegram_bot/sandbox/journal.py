"""The last Bot API calls and webhook deliveries, for tests and for curious people."""

import time
from collections import deque

REMEMBERED = 5000


class Journal:
    def __init__(self):
        self.calls: deque[dict] = deque(maxlen=REMEMBERED)
        self.deliveries: deque[dict] = deque(maxlen=REMEMBERED)
        self._last = {"calls": 0, "deliveries": 0}

    def add(self, list_name: str, **entry) -> None:
        """Append to `calls` or `deliveries`."""
        self._last[list_name] += 1
        getattr(self, list_name).append({"id": self._last[list_name], "time": time.time(), **entry})

    def read(self, list_name: str, *, after: int = 0, **wanted) -> dict:
        """Entries after an id whose fields equal what is wanted (None: any)."""
        entries = [
            entry
            for entry in getattr(self, list_name)
            if entry["id"] > after
            and all(value is None or entry.get(key) == value for key, value in wanted.items())
        ]
        return {list_name: entries, "last_id": self._last[list_name]}

    def clear(self) -> None:
        self.calls.clear()
        self.deliveries.clear()
