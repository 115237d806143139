"""One open stream: what it has shown, and what is still to be sent."""

import asyncio
from collections.abc import Awaitable, Callable

from chats.realtime import frames
from chats.realtime.catching_up import News

MOST_BUFFERED = 512  # frames that a slow reader may be behind before it is dropped
MOST_HELD = 256  # events kept while PostgreSQL is asked; more are found there by asking again

Send = Callable[[dict], Awaitable[None]]
Event = tuple[bytes, bytes, bytes]  # name, tag, JSON


class Stream:
    """Shows everything in order and nothing twice: messages by seq, states by stamp, an answer's pieces by offset.

    `needs_check(stream)` is called when an event shows that an earlier one was lost; until `catch_up` is called with
    what PostgreSQL knows, events are held back.
    """

    __slots__ = (
        "_buffer", "_flushing", "_held", "_missed", "_send", "_shown_state", "_skipped", "_stamp", "_turn", "_written",
        "address", "beat_at", "check_at", "closed", "more", "needs_check", "seq", "token_hash",
    )  # fmt: skip

    def __init__(
        self,
        *,
        token_hash: str,
        after: int,
        address: str,
        send: Send,
        needs_check: Callable[["Stream"], None],
    ) -> None:
        self.token_hash = token_hash
        self.address = address
        self.seq = after  # of the last message shown
        self.needs_check = needs_check
        self.check_at = self.beat_at = 0.0  # when the hub looks after it next
        self.more = False  # PostgreSQL has more than the last page
        self.closed = False
        self._send = send
        self._buffer: list[bytes] = []
        self._flushing: asyncio.Task | None = None
        self._held: list[Event] | None = []  # None: caught up
        self._stamp = (-1, -1)  # of the state shown
        self._shown_state = b""
        self._turn = b""  # the answer that is being shown, and how many characters of it are
        self._written = 0
        self._missed = b""  # a turn of which a piece was lost, and one that could not be mended
        self._skipped = b""

    @property
    def catching_up(self) -> bool:
        """Is it still to learn from PostgreSQL where it stands?"""
        return self._held is not None

    # --- what comes in

    def take(self, event: Event) -> None:
        """Shows one published event, if it is new."""
        name, tag, data = event
        if self._held is not None:
            if len(self._held) < MOST_HELD:
                self._held.append(event)
        elif name == b"message":
            self._take_message(event)
        elif name == b"delta":
            self._take_delta(event)
        elif name == b"state":
            if (stamp := parse_stamp(tag)) > self._stamp:
                self._show_state(stamp, data)
        elif name == b"retract":
            self._take_back()
        elif name == b"typing":
            self.push(frames.event(name, data))

    def catch_up(self, news: News) -> None:
        """Shows what PostgreSQL knows, then the answer as written so far, then what was held back."""
        if self._stamp == (-1, -1):  # the first time
            self.seq = min(self.seq, news.last_seq)  # a client may name a seq that was never given out
        for seq, author, data in news.messages:
            if seq == self.seq + 1:
                self._show_message(seq, author, data)
        self.more = news.more
        if news.stamp > self._stamp or (news.stamp == self._stamp and news.state != self._shown_state):
            self._show_state(news.stamp, news.state)
        if self._held is None or self.more:
            return
        if news.turn and news.turn != self._skipped:
            self._show_partial(news.turn, news.partial)
        held, self._held = self._held, None
        for event in held:
            self.take(event)

    def _take_message(self, event: Event) -> None:
        seq, _, author = event[1].partition(b" ")
        if int(seq) == self.seq + 1:
            self._show_message(int(seq), author, event[2])
        elif int(seq) > self.seq:
            self._hold(event)

    def _take_delta(self, event: Event) -> None:
        turn, at, length = event[1].split(b" ")
        if turn == self._skipped:
            return
        if turn != self._turn and at == b"0":
            self._take_back()
            self._turn = turn
        if turn == self._turn and int(at) == self._written:
            self._written += int(length)
            self.push(frames.event(b"delta", event[2]))
        elif turn != self._turn or int(at) > self._written:
            if turn == self._missed:
                self._skipped = turn  # nobody has the missing piece: the whole message will come
                self._take_back()
            else:
                self._missed = turn
                self._hold(event)

    def _hold(self, event: Event) -> None:
        if self._held is None:
            self._held = []
            self.needs_check(self)
        if len(self._held) < MOST_HELD:
            self._held.append(event)

    def _show_message(self, seq: int, author: bytes, data: bytes) -> None:
        self.seq = seq
        if author != b"visitor":
            self._turn, self._written = b"", 0  # the client replaces what it has of the answer
        self.push(frames.message(seq, data))

    def _show_state(self, stamp: tuple[int, int], data: bytes) -> None:
        if stamp != self._stamp:
            self._take_back()
        self._stamp, self._shown_state = stamp, data
        self.push(frames.event(b"state", data))

    def _show_partial(self, turn: bytes, text: str) -> None:
        if turn == self._turn and len(text) <= self._written:
            return
        self._take_back()
        self._turn, self._written = turn, len(text)
        self.push(frames.event(b"delta", frames.as_json({"text": text})))

    def _take_back(self) -> None:
        if self._written:
            self.push(frames.RETRACT)
        self._turn, self._written = b"", 0

    # --- what goes out

    def push(self, frame: bytes) -> None:
        """Sends a frame without waiting; a reader that is too far behind is dropped."""
        if self.closed:
            return
        if len(self._buffer) >= MOST_BUFFERED:
            self.drop()
            return
        self._buffer.append(frame)
        if self._flushing is None:
            self._flushing = asyncio.get_running_loop().create_task(self._flush())

    def close(self, *, retry: int) -> None:
        """Ends the stream in good order, with a hint when to come back (milliseconds)."""
        self.push(frames.retry(retry))
        self.closed = True

    def drop(self) -> None:
        """Ends the connection at once, whatever is still to be sent."""
        self.closed = True
        self._buffer.clear()
        # uvicorn's own close would wait for the reader, who is dropped because it does not read.
        transport = getattr(getattr(self._send, "__self__", None), "transport", None)
        if transport is not None:
            transport.abort()

    async def _flush(self) -> None:
        """Sends what has been pushed. It lives only while there is something to send: a waiting stream has no task."""
        try:
            while self._buffer:
                body = b"".join(self._buffer)
                self._buffer.clear()
                await self._send({"type": "http.response.body", "body": body, "more_body": True})
            if self.closed:
                await self._send({"type": "http.response.body", "body": b"", "more_body": False})
        except (OSError, RuntimeError):
            self.closed = True  # the reader has gone
        self._flushing = None
        if self.more and not self.closed:
            self.more = False
            self.needs_check(self)


def parse_stamp(stamp: bytes) -> tuple[int, int]:
    """(conversation, epoch): the later of two stamps has the later state."""
    conversation, _, epoch = stamp.partition(b":")
    return int(conversation), int(epoch)
