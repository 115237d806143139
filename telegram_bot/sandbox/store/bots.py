"""The bots and what they told Telegram about themselves."""

import json
import sqlite3

from telegram_bot.sandbox.options import BotSpec

FIRST_UPDATE_ID = 500_000_001


class Bots:
    def __init__(self, connection: sqlite3.Connection):
        self.db = connection

    def ensure(self, spec: BotSpec) -> None:
        """Make the bot known; what it was told before stays."""
        self.db.execute("DELETE FROM bots WHERE name = ? AND id != ?", (spec.name, spec.id))
        self.db.execute(
            "INSERT INTO bots (id, name, first_name, username, next_update_id) VALUES (?, ?, ?, ?, ?)"
            " ON CONFLICT (id) DO UPDATE SET name = excluded.name, first_name = excluded.first_name,"
            " username = excluded.username",
            (spec.id, spec.name, spec.first_name, spec.username, FIRST_UPDATE_ID),
        )

    def get(self, bot_id: int) -> dict:
        """A bot with its JSON columns read."""
        row = dict(self.db.execute("SELECT * FROM bots WHERE id = ?", (bot_id,)).fetchone())
        for column in ("webhook", "allowed_updates", "commands", "menu_button", "profile"):
            row[column] = json.loads(row[column]) if row[column] else None
        return row

    def set(self, bot_id: int, **columns) -> None:
        """Write columns; dicts and lists as JSON."""
        for column, value in columns.items():
            if isinstance(value, (dict, list)):
                value = json.dumps(value, ensure_ascii=False)
            self.db.execute(f"UPDATE bots SET {column} = ? WHERE id = ?", (value, bot_id))

    def take_message_id(self, bot_id: int) -> int:
        """The next message id: counted per bot, as Telegram does for private chats."""
        return self._take(bot_id, "next_message_id")

    def take_update_id(self, bot_id: int) -> int:
        return self._take(bot_id, "next_update_id")

    def _take(self, bot_id: int, column: str) -> int:
        row = self.db.execute(
            f"UPDATE bots SET {column} = {column} + 1 WHERE id = ? RETURNING {column} - 1", (bot_id,)
        ).fetchall()
        return row[0][0]
