"""The connection, and the tables by topic."""

import sqlite3
from contextlib import contextmanager
from pathlib import Path

from .bots import Bots
from .callbacks import Callbacks
from .chats import Chats
from .files import Files
from .messages import Messages
from .people import People
from .updates import Updates


class Store:
    """One SQLite file. Used from one thread (the event loop's); every statement commits by itself
    unless it stands in `with store.together():`."""

    def __init__(self, path: str):
        if path != ":memory:":
            Path(path).expanduser().parent.mkdir(parents=True, exist_ok=True)
        self.connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        self.connection.row_factory = sqlite3.Row
        self.connection.execute("PRAGMA journal_mode = WAL")
        # A killed process loses nothing; only a power cut could lose the last moment, and this is a sandbox.
        self.connection.execute("PRAGMA synchronous = NORMAL")
        self.connection.executescript((Path(__file__).parent / "schema.sql").read_text())
        self.bots = Bots(self.connection)
        self.people = People(self.connection)
        self.chats = Chats(self.connection)
        self.messages = Messages(self.connection)
        self.updates = Updates(self.connection)
        self.callbacks = Callbacks(self.connection)
        self.files = Files(self.connection)

    @contextmanager
    def together(self):
        """All or nothing for the statements inside. May be nested: the outermost one commits."""
        if self.connection.in_transaction:
            yield
            return
        self.connection.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self.connection.execute("ROLLBACK")
            raise
        self.connection.execute("COMMIT")

    def clear(self, *, keep_people: bool, keep_webhooks: bool) -> None:
        """Back to the first day, but with what is to be kept."""
        with self.together():
            for table in ("chats", "messages", "updates", "callbacks", "files"):
                self.connection.execute(f"DELETE FROM {table}")
            if not keep_people:
                self.connection.execute("DELETE FROM people")
            if not keep_webhooks:
                self.connection.execute("UPDATE bots SET webhook = NULL, allowed_updates = NULL")
                self.connection.execute("UPDATE bots SET commands = '{}', menu_button = NULL, profile = '{}'")

    def close(self) -> None:
        self.connection.close()
