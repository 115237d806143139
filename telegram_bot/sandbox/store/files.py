"""Contents of attachments, both ways."""

import secrets
import sqlite3


class Files:
    def __init__(self, connection: sqlite3.Connection):
        self.db = connection

    def add(self, *, bot_id: int, folder: str, name: str, mime_type: str, content: bytes) -> dict:
        """Keep a file; the answer has `id`, `unique_id`, `path`, `size`."""
        file_id, unique_id = "SB" + secrets.token_urlsafe(30), "AQ" + secrets.token_urlsafe(9)
        number = self.db.execute("SELECT count(*) FROM files").fetchone()[0]
        extension = name.rpartition(".")[2] if "." in name else "bin"
        extension = extension if extension.isalnum() and extension.isascii() else "bin"
        path = f"{folder}/file_{number}.{extension}"
        self.db.execute(
            "INSERT INTO files (id, unique_id, bot_id, path, name, mime_type, content) VALUES (?, ?, ?, ?, ?, ?, ?)",
            (file_id, unique_id, bot_id, path, name, mime_type, content),
        )
        return {"id": file_id, "unique_id": unique_id, "path": path, "size": len(content)}

    def get(self, file_id: str, *, bot_id: int | None = None) -> dict | None:
        """A file; with `bot_id` only if it is that bot's, as file ids of another bot are worthless."""
        row = self.db.execute("SELECT * FROM files WHERE id = ?", (file_id,)).fetchone()
        if row is None or (bot_id is not None and row["bot_id"] != bot_id):
            return None
        return dict(row)

    def by_path(self, bot_id: int, path: str) -> dict | None:
        row = self.db.execute("SELECT * FROM files WHERE bot_id = ? AND path = ?", (bot_id, path)).fetchone()
        return dict(row) if row else None
