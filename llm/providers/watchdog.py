"""Ends HTTP responses that outlast their deadline.

A read timeout begins anew with every byte, so a server that drips comments or keep-alives can hold a call for ever. One
thread of the process watches all calls under way, and shuts the socket of an overdue one: the blocked read then ends.
"""

import heapq
import itertools
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress


class Watchdog:
    """One thread, started at the first call, however many calls it watches."""

    def __init__(self) -> None:
        self._watched: list[tuple[float, int, socket.socket, list[bool]]] = []
        self._numbers = itertools.count()
        self._changed = threading.Condition()
        self._thread: threading.Thread | None = None

    @contextmanager
    def watch(self, response, deadline: float) -> Iterator[None]:
        """Shut the socket of an httpx response at `deadline` (time.monotonic()), unless the block has ended."""
        over = [False]
        sock = _socket_of(response)
        if sock is not None:
            self._add(deadline, sock, over)
        try:
            yield
        finally:
            with self._changed:  # the socket goes back to the pool: from here on it is not ours to shut
                over[0] = True

    def _add(self, deadline: float, sock: socket.socket, over: list[bool]) -> None:
        with self._changed:
            heapq.heappush(self._watched, (deadline, next(self._numbers), sock, over))
            if self._thread is None or not self._thread.is_alive():
                self._thread = threading.Thread(target=self._run, name="llm-watchdog", daemon=True)
                self._thread.start()
            elif self._watched[0][2] is sock:
                self._changed.notify()

    def _run(self) -> None:
        with self._changed:
            while True:
                while self._watched and self._watched[0][3][0]:
                    heapq.heappop(self._watched)
                if not self._watched:
                    self._changed.wait()
                    continue
                left = self._watched[0][0] - time.monotonic()
                if left > 0:
                    self._changed.wait(left)
                    continue
                _, _, sock, over = heapq.heappop(self._watched)
                if not over[0]:
                    with suppress(OSError):
                        # The plain socket's shutdown also for TLS: SSLSocket.shutdown would drop the session mid-read.
                        socket.socket.shutdown(sock, socket.SHUT_RDWR)


def _socket_of(response) -> socket.socket | None:
    stream = response.extensions.get("network_stream")
    sock = stream.get_extra_info("socket") if stream is not None else None
    return sock if isinstance(sock, socket.socket) else None


watchdog = Watchdog()
