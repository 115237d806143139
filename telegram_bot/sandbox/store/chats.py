"""A person's chat with a bot: started or not, blocked or not, the keyboard shown."""

import json
import sqlite3


class Chats:
    def __init__(self, connection: sqlite3.Connection):
        self.db = connection

    def get(self, bot_id: int, person_id: int) -> dict:
        """The chat, also when nobody wrote in it yet."""
        row = self.db.execute(
            "SELECT * FROM chats WHERE bot_id = ? AND person_id = ?", (bot_id, person_id)
        ).fetchone()
        if row is None:
            return {"started": False, "blocked": False, "keyboard": None, "menu_button": None}
        return {
            "started": bool(row["started"]),
            "blocked": bool(row["blocked"]),
            "keyboard": json.loads(row["keyboard"]) if row["keyboard"] else None,
            "menu_button": json.loads(row["menu_button"]) if row["menu_button"] else None,
        }

    def set(self, bot_id: int, person_id: int, **columns) -> None:
        self.db.execute("INSERT OR IGNORE INTO chats (bot_id, person_id) VALUES (?, ?)", (bot_id, person_id))
        for column, value in columns.items():
            if isinstance(value, dict):
                value = json.dumps(value, ensure_ascii=False)
            self.db.execute(
                f"UPDATE chats SET {column} = ? WHERE bot_id = ? AND person_id = ?",
                (value, bot_id, person_id),
            )

    def all(self) -> list[tuple[int, int]]:
        """(bot, person) of every chat that was ever opened."""
        return [tuple(row) for row in self.db.execute("SELECT bot_id, person_id FROM chats ORDER BY 1, 2")]
