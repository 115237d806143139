"""Presses of inline buttons and how the bot answered them."""

import sqlite3
import time


class Callbacks:
    def __init__(self, connection: sqlite3.Connection):
        self.db = connection

    def add(self, callback_id: str, *, bot_id: int, person_id: int, message_id: int, data: str) -> None:
        self.db.execute(
            "INSERT INTO callbacks (id, bot_id, person_id, message_id, data, created_at) VALUES (?, ?, ?, ?, ?, ?)",
            (callback_id, bot_id, person_id, message_id, data, time.time()),
        )

    def get(self, callback_id: str) -> dict | None:
        row = self.db.execute("SELECT * FROM callbacks WHERE id = ?", (callback_id,)).fetchone()
        return dict(row) if row else None

    def answer(self, callback_id: str, *, text: str, show_alert: bool, url: str) -> None:
        self.db.execute(
            "UPDATE callbacks SET answered = 1, text = ?, show_alert = ?, url = ? WHERE id = ?",
            (text, show_alert, url, callback_id),
        )

    def of_chat(self, bot_id: int, person_id: int, *, limit: int = 50) -> list[dict]:
        """The last presses, oldest first."""
        rows = self.db.execute(
            "SELECT * FROM callbacks WHERE bot_id = ? AND person_id = ? ORDER BY created_at DESC, rowid DESC LIMIT ?",
            (bot_id, person_id, limit),
        ).fetchall()
        return [dict(row) for row in reversed(rows)]
