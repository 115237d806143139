"""The persons who hold the phones."""

import sqlite3

# Telegram's ids have outgrown 32 bits: whoever stores them in a small column should notice here.
FIRST_PERSON_ID = 7_000_000_001


class People:
    def __init__(self, connection: sqlite3.Connection):
        self.db = connection

    def create(
        self, *, first_name: str, last_name: str = "", username: str = "", language_code: str = "ru"
    ) -> dict:
        highest = self.db.execute("SELECT max(id) FROM people").fetchone()[0]
        person_id = max(highest or 0, FIRST_PERSON_ID - 1) + 1
        self.db.execute(
            "INSERT INTO people (id, first_name, last_name, username, language_code) VALUES (?, ?, ?, ?, ?)",
            (person_id, first_name, last_name, username, language_code),
        )
        return self.get(person_id)

    def get(self, person_id: int) -> dict | None:
        """A Telegram User, without the fields that are empty."""
        row = self.db.execute("SELECT * FROM people WHERE id = ?", (person_id,)).fetchone()
        return _as_user(row) if row else None

    def all(self) -> list[dict]:
        return [_as_user(row) for row in self.db.execute("SELECT * FROM people ORDER BY id")]

    def change(self, person_id: int, **columns) -> None:
        for column, value in columns.items():
            self.db.execute(f"UPDATE people SET {column} = ? WHERE id = ?", (value, person_id))

    def delete(self, person_id: int) -> None:
        """The person, their chats, messages and updates that wait."""
        for table in ("chats", "messages", "callbacks"):
            self.db.execute(f"DELETE FROM {table} WHERE person_id = ?", (person_id,))
        self.db.execute("DELETE FROM updates WHERE queue LIKE ?", (f"%:{person_id}",))
        self.db.execute("DELETE FROM people WHERE id = ?", (person_id,))

    def username_taken(self, username: str, *, but: int | None = None) -> bool:
        return bool(
            self.db.execute(
                "SELECT 1 FROM people WHERE lower(username) = lower(?) AND id IS NOT ?", (username, but)
            ).fetchone()
        )


def _as_user(row: sqlite3.Row) -> dict:
    user = {"id": row["id"], "is_bot": False}
    return user | {
        key: row[key] for key in ("first_name", "last_name", "username", "language_code") if row[key] != ""
    }
