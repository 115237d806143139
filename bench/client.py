"""A load generator that costs less than what it loads: keep-alive connections on epoll, one request under way on each.

About 20 microseconds a request. `Load.own_cpu` says how much of a core it took: near 1 it would measure itself.
"""

import select
import socket
import time
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Load:
    """What was done."""

    answers: int
    bad: bytes  # the last answer that was not 2xx; empty when all were
    seconds: float
    own_cpu: float  # cores

    @property
    def rate(self) -> float:
        """Answers a second."""
        return self.answers / self.seconds


def load(port: int, make: Callable[[int], bytes], *, seconds: float, connections: int = 16) -> Load:
    """Sends what `make(number)` gives, as fast as it is answered. Raises ConnectionError when the server hangs up."""
    poll, open_ = select.epoll(), {}
    for _ in range(connections):
        sock = socket.create_connection(("127.0.0.1", port))
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        poll.register(sock.fileno(), select.EPOLLIN)
        open_[sock.fileno()] = [sock, b""]
    sent, answers, bad = 0, 0, b""
    cpu, started = time.process_time(), time.monotonic()
    try:
        for sock, _ in open_.values():
            sock.sendall(make(sent))
            sent += 1
        while (now := time.monotonic()) - started < seconds:
            for number, _ in poll.poll(1):
                connection = open_[number]
                data = connection[0].recv(65536)
                if not data:
                    raise ConnectionError(f"port {port} hung up after {answers} answers")
                connection[1] += data
                if not _whole(connection[1]):
                    continue
                answers += 1
                if not connection[1].startswith(b"HTTP/1.1 2"):
                    bad = connection[1]
                connection[1] = b""
                connection[0].sendall(make(sent))
                sent += 1
        return Load(answers, bad, now - started, (time.process_time() - cpu) / (now - started))
    finally:
        for sock, _ in open_.values():
            sock.close()
        poll.close()


def _whole(answer: bytes) -> bool:
    head, ended, body = answer.partition(b"\r\n\r\n")
    if not ended:
        return False
    at = head.lower().find(b"content-length:")
    return at >= 0 and len(body) >= int(head[at + 15 : at + 30].split(b"\r", 1)[0])


def get(path: str, **headers: str) -> bytes:
    """A GET as it goes over the wire."""
    return _request("GET", path, headers, b"")


def post(path: str, body: bytes, **headers: str) -> bytes:
    """A POST of JSON."""
    return _request("POST", path, headers | {"Content_Type": "application/json"}, body)


def _request(method: str, path: str, headers: dict[str, str], body: bytes) -> bytes:
    lines = [f"{method} {path} HTTP/1.1", "Host: 127.0.0.1"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    if body:
        lines.append(f"Content-Length: {len(body)}")
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body
