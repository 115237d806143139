"""Messages, as the Bot API's JSON. Ids count per bot."""

import json
import sqlite3


class Messages:
    def __init__(self, connection: sqlite3.Connection):
        self.db = connection

    def add(self, bot_id: int, person_id: int, message: dict, *, outgoing: bool) -> None:
        """`outgoing`: the person wrote it."""
        self.db.execute(
            "INSERT INTO messages (bot_id, message_id, person_id, outgoing, payload) VALUES (?, ?, ?, ?, ?)",
            (bot_id, message["message_id"], person_id, outgoing, _dump(message)),
        )

    def get(self, bot_id: int, person_id: int, message_id: int) -> dict | None:
        """The row with `payload` read, or None when it is not there (any more)."""
        row = self.db.execute(
            "SELECT * FROM messages WHERE bot_id = ? AND message_id = ? AND person_id = ? AND deleted = 0",
            (bot_id, message_id, person_id),
        ).fetchone()
        return dict(row) | {"payload": json.loads(row["payload"])} if row else None

    def replace(self, bot_id: int, message: dict, *, edited: bool) -> None:
        """A new content. `edited` is what the person sees as the mark; a change of buttons alone has none."""
        self.db.execute(
            "UPDATE messages SET payload = ?, edited = max(edited, ?) WHERE bot_id = ? AND message_id = ?",
            (_dump(message), edited, bot_id, message["message_id"]),
        )

    def delete(self, bot_id: int, message_id: int) -> None:
        self.db.execute(
            "UPDATE messages SET deleted = 1 WHERE bot_id = ? AND message_id = ?", (bot_id, message_id)
        )

    def clear(self, bot_id: int, person_id: int) -> None:
        """The person cleared the history: they no longer see it, the bot can still edit it."""
        self.db.execute(
            "UPDATE messages SET cleared = 1 WHERE bot_id = ? AND person_id = ?", (bot_id, person_id)
        )

    def seen(self, bot_id: int, person_id: int, *, after: int = 0, last: int = -1) -> list[dict]:
        """What the person sees, oldest first; only the `last` ones unless that is negative."""
        rows = self.db.execute(
            "SELECT outgoing, edited, payload FROM messages WHERE bot_id = ? AND person_id = ? AND message_id > ?"
            " AND deleted = 0 AND cleared = 0 ORDER BY message_id DESC LIMIT ?",
            (bot_id, person_id, after, last),
        ).fetchall()
        return [
            json.loads(row["payload"]) | {"outgoing": bool(row["outgoing"]), "edited": bool(row["edited"])}
            for row in reversed(rows)
        ]

    def last(self, bot_id: int, person_id: int) -> dict | None:
        row = self.db.execute(
            "SELECT payload, outgoing FROM messages WHERE bot_id = ? AND person_id = ? AND deleted = 0"
            " AND cleared = 0 ORDER BY message_id DESC LIMIT 1",
            (bot_id, person_id),
        ).fetchone()
        return json.loads(row["payload"]) | {"outgoing": bool(row["outgoing"])} if row else None


def _dump(message: dict) -> str:
    return json.dumps(message, ensure_ascii=False)
