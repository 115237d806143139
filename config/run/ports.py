"""The ports of the desk."""

import errno
from types import ModuleType

from config.embedded.ports import why_not_free
from config.run.errors import CannotRun


def check_ports(settings: ModuleType, host: str) -> None:
    """Raises CannotRun when a port is taken, or given to two processes."""
    ports = {"PORT": settings.PORT, "STREAM_PORT": settings.STREAM_PORT}
    if settings.TELEGRAM_MODE == "sandbox":
        ports["SANDBOX_PORT"] = settings.SANDBOX_PORT
    if len(set(ports.values())) < len(ports):
        raise CannotRun(f"Ports must differ: {', '.join(f'{name}={port}' for name, port in ports.items())}")
    for name, port in ports.items():
        error = why_not_free(port, host)
        if error is None:
            continue
        if error.errno == errno.EADDRINUSE:
            raise CannotRun(f"Port {port} is taken: set another {name} (make run {name}={port + 100})")
        raise CannotRun(f"Cannot listen on HOST={host}, {name}={port}: {error.strerror}")
