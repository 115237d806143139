"""The folder `.local/`: the data of `make run`, its secrets and its logs."""

import json
import os
import secrets
import shutil
from pathlib import Path
from typing import Any

from config.embedded.locks import try_lock
from config.run.errors import CannotRun

ROOT = Path(__file__).resolve().parent.parent.parent


class LocalFolder:
    """`.local/` of this checkout, which one launcher at a time may use."""

    def __init__(self, path: Path = ROOT / ".local") -> None:
        self.path = path
        self.logs = path / "log"
        self._lock: int | None = None

    def take(self) -> None:
        """Makes this process the one that uses the folder. Raises CannotRun when another one does."""
        # Root lets others through (not in): PostgreSQL then runs as somebody else
        self.path.mkdir(mode=0o711 if os.geteuid() == 0 else 0o700, exist_ok=True)
        self._lock = try_lock(self.path / "run.lock")
        if self._lock is None:
            other = self.read_state()
            raise CannotRun(
                f"Switchboard already runs in this checkout: {other.get('url', '?')} (pid {other.get('pid', '?')})"
            )

    def release(self) -> None:
        """Lets another launcher use the folder."""
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None

    def write_state(self, **state: Any) -> None:
        """Notes who runs here, for whoever comes second."""
        (self.path / "run.json").write_text(json.dumps({"pid": os.getpid(), **state}))

    def read_state(self) -> dict[str, Any]:
        """Gives what the running launcher noted."""
        try:
            return json.loads((self.path / "run.json").read_text())
        except (OSError, ValueError):
            return {}

    def secret(self, name: str, *, length: int = 32) -> str:
        """Gives the secret of that name, made up the first time."""
        path = self.path / name
        if not path.exists():
            path.touch(mode=0o600)
            path.write_text(secrets.token_urlsafe(length))
        return path.read_text().strip()

    def remove(self) -> None:
        """Forgets everything. Raises CannotRun while a launcher runs."""
        if not self.path.exists():
            return
        self.take()
        try:
            shutil.rmtree(self.path)
        except PermissionError as error:
            raise CannotRun(f"{error.filename} belongs to another user (root ran it?)") from None
        finally:
            self.release()
