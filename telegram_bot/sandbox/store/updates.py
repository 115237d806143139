"""Updates that wait for a bot. A row is gone once the bot has it."""

import json
import sqlite3
import time

KEPT_SECONDS = 24 * 3600
CALLBACK_KEPT_SECONDS = 150


class Updates:
    def __init__(self, connection: sqlite3.Connection):
        self.db = connection

    def add(self, bot_id: int, update_id: int, *, kind: str, person_id: int | None, payload: dict) -> str:
        """Keep an update; the answer is its queue. Callback queries have their own, as at Telegram, so that a
        message that the bot cannot digest does not hold up its buttons."""
        line = "callback" if kind == "callback_query" else "message"
        queue = f"{line}:{person_id if person_id is not None else f'other{update_id}'}"
        kept = CALLBACK_KEPT_SECONDS if kind == "callback_query" else KEPT_SECONDS
        self.db.execute(
            "INSERT INTO updates (bot_id, update_id, queue, kind, payload, expires_at) VALUES (?, ?, ?, ?, ?, ?)",
            (bot_id, update_id, queue, kind, json.dumps(payload, ensure_ascii=False), time.time() + kept),
        )
        return queue

    def next_of(self, bot_id: int, queue: str) -> dict | None:
        row = self.db.execute(
            "SELECT * FROM updates WHERE bot_id = ? AND queue = ? ORDER BY update_id LIMIT 1", (bot_id, queue)
        ).fetchone()
        return dict(row) if row else None

    def queues(self, bot_id: int) -> list[str]:
        rows = self.db.execute(
            "SELECT queue FROM updates WHERE bot_id = ? GROUP BY queue ORDER BY min(update_id)", (bot_id,)
        )
        return [row[0] for row in rows]

    def waiting(self, bot_id: int, *, offset: int, limit: int) -> list[dict]:
        """For getUpdates: from `offset` on, and any older one that is to be delivered again."""
        self.forget_expired(bot_id)
        rows = self.db.execute(
            "SELECT * FROM updates WHERE bot_id = ? AND (update_id >= ? OR repeats > 0) ORDER BY update_id LIMIT ?",
            (bot_id, offset, limit),
        )
        return [dict(row) for row in rows]

    def last_ids(self, bot_id: int, count: int) -> list[int]:
        rows = self.db.execute(
            "SELECT update_id FROM updates WHERE bot_id = ? ORDER BY update_id DESC LIMIT ?", (bot_id, count)
        )
        return [row[0] for row in rows]

    def confirm_before(self, bot_id: int, offset: int) -> None:
        """The bot has seen everything before `offset`."""
        self.db.execute(
            "DELETE FROM updates WHERE bot_id = ? AND update_id < ? AND repeats = 0", (bot_id, offset)
        )

    def set_repeats(self, bot_id: int, update_id: int, repeats: int) -> None:
        self.db.execute(
            "UPDATE updates SET repeats = ? WHERE bot_id = ? AND update_id = ?", (repeats, bot_id, update_id)
        )

    def delete(self, bot_id: int, update_id: int) -> None:
        self.db.execute("DELETE FROM updates WHERE bot_id = ? AND update_id = ?", (bot_id, update_id))

    def delete_all(self, bot_id: int) -> None:
        self.db.execute("DELETE FROM updates WHERE bot_id = ?", (bot_id,))

    def forget_expired(self, bot_id: int) -> None:
        self.db.execute("DELETE FROM updates WHERE bot_id = ? AND expires_at < ?", (bot_id, time.time()))

    def count(self, bot_id: int) -> int:
        return self.db.execute("SELECT count(*) FROM updates WHERE bot_id = ?", (bot_id,)).fetchone()[0]
