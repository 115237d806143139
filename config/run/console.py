"""What the processes say: to the terminal, each line with its process's name and colour, and to `.local/log/`."""

import os
import sys
import threading
from pathlib import Path
from typing import BinaryIO, TextIO

COLOURS = [36, 33, 35, 32, 34, 96, 93, 95]
LOG_BYTES = 10_000_000


class Console:
    """The terminal, shared by everybody who has something to say."""

    def __init__(self, stream: TextIO | None = None) -> None:
        self.stream = stream or sys.stdout
        self.colourful = self.stream.isatty() and "NO_COLOR" not in os.environ
        self.quiet = False  # what the processes say goes to their logs only
        self._colours: dict[str, int] = {}
        self._lock = threading.Lock()

    def say(self, text: str = "") -> None:
        """Prints what the launcher itself has to say."""
        self._print(text + "\n")

    def quote(self, name: str, line: str) -> None:
        """Prints a line of a process."""
        if self.quiet:
            return
        label = f"{name:>9} |"
        if self.colourful:
            colour = self._colours.setdefault(name, COLOURS[len(self._colours) % len(COLOURS)])
            label = f"\x1b[{colour}m{label}\x1b[0m"
        self._print(f"{label} {line}\n")

    def _print(self, text: str) -> None:
        with self._lock:
            try:
                self.stream.write(text)
                self.stream.flush()
            except (OSError, ValueError):  # nobody reads any more: the logs are enough
                pass


class Log:
    """A process's log file; the one before it is kept with `.1` behind its name."""

    def __init__(self, path: Path) -> None:
        self.path = path
        path.parent.mkdir(parents=True, exist_ok=True)
        self._file: BinaryIO | None = None
        self._open()

    def write(self, line: bytes) -> None:
        """Adds a line."""
        if self._file is None:
            return
        self._file.write(line)
        if self._file.tell() > LOG_BYTES:
            self._file.close()
            self._open()

    def fileno(self) -> int:
        """Gives its descriptor, for a process that writes to it directly."""
        assert self._file is not None  # noqa: S101 - not after close()
        return self._file.fileno()

    def close(self) -> None:
        """Ends it; what is written later is dropped."""
        if self._file is not None:
            self._file.close()
            self._file = None

    def tail(self, lines: int = 15) -> str:
        """Gives its last lines."""
        return "\n".join(self.path.read_text(errors="replace").splitlines()[-lines:])

    def _open(self) -> None:
        if self.path.exists():
            self.path.replace(self.path.with_name(self.path.name + ".1"))
        self._file = self.path.open("wb", buffering=0)
