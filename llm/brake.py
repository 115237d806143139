"""The brake on the stream: nothing is shown before the detector has seen the first sentence of it."""

import re
import time
from collections.abc import Callable

from llm.cleaning import StreamCleaner

HELD_CHARACTERS = 80
JOINED_SECONDS = 0.05
_SENTENCE_END = re.compile(r"[.!?…]+[\"»”)\]]*(?=\s)|\n")


class AdmitsDefeat(Exception):
    """The draft says that it cannot help; what was shown of it has been taken back."""


class Brake:
    """Passes an answer on to the visitor piece by piece, and stops it at the first sentence that admits defeat.

    `admits_defeat` sees each sentence as it ends, with the one before it, so that a long answer costs no more for each
    sentence than a short one; None lets everything through.
    """

    def __init__(
        self,
        *,
        on_delta: Callable[[str], None] | None = None,
        on_retract: Callable[[], None] | None = None,
        admits_defeat: Callable[[str], bool] | None = None,
    ) -> None:
        self._on_delta = on_delta
        self._on_retract = on_retract
        self._admits_defeat = admits_defeat
        self._start()

    def _start(self) -> None:
        self._cleaner = StreamCleaner()
        self.draft = ""  # everything that passed the cleaner
        self._checked = 0  # how much of the draft the detector has seen
        self._sentences = [0, 0]  # where the last whole sentence begins, and where the one being written does
        self._shown = 0  # how much of the draft has been given to on_delta
        self._shown_at = 0.0

    def feed(self, piece: str) -> None:
        """Take the next piece. Raises AdmitsDefeat, having retracted what was shown."""
        self._add(self._cleaner.feed(piece))

    def finish(self) -> str:
        """Check and show the rest; return the whole answer. Raises AdmitsDefeat."""
        self._add(self._cleaner.finish())
        if self.draft[self._checked :].strip():
            self._check(len(self.draft))
        self._show(all_of_it=True)
        return self.draft

    def restart(self) -> None:
        """Take back what was shown, and begin anew."""
        if self._shown and self._on_retract:
            self._on_retract()
        self._start()

    def append(self, text: str) -> str:
        """Add words of our own to a finished answer; return the whole of it."""
        self.draft += text
        self._checked = len(self.draft)
        self._show(all_of_it=True)
        return self.draft

    def _add(self, clean: str) -> None:
        self.draft += clean
        found = _SENTENCE_END.finditer(self.draft, max(self._checked - 2, 0))
        ends = [match.end() for match in found if match.end() > self._checked]
        if ends:
            self._check(ends[-1])
            self._sentences = [self._sentences[-1], *ends][-2:]
        elif not self._checked and len(self.draft) >= HELD_CHARACTERS:
            self._check(len(self.draft))
        if self._checked:
            self._show()

    def _check(self, end: int) -> None:
        if self._admits_defeat and self._admits_defeat(self.draft[self._sentences[0] : end]):
            draft = self.draft
            self.restart()
            raise AdmitsDefeat(draft)
        self._checked = end

    def _show(self, *, all_of_it: bool = False) -> None:
        now = time.monotonic()
        if len(self.draft) == self._shown or not (all_of_it or now - self._shown_at >= JOINED_SECONDS):
            return
        if self._on_delta:
            self._on_delta(self.draft[self._shown :])
        self._shown, self._shown_at = len(self.draft), now
