"""Loopback ports."""

import random
import socket

# Below the range from which Linux takes the ports of outgoing connections (32768 and up): a server that is killed
# finds its port still free when it comes back.
CANDIDATES = range(20000, 32000)


def free_port(preferred: int | None = None) -> int:
    """Gives a loopback port that nobody listens on: the preferred one if it is free."""
    if preferred and is_free(preferred):
        return preferred
    while True:
        port = random.choice(CANDIDATES)  # noqa: S311 - two checkouts must not meet, that is all
        if is_free(port):
            return port


def is_free(port: int, host: str = "127.0.0.1") -> bool:
    """Says whether a server could listen on the port now."""
    return why_not_free(port, host) is None


def why_not_free(port: int, host: str = "127.0.0.1") -> OSError | None:
    """Gives the error that a server on the port would get, or None."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            return error
        return None
