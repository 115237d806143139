"""The ports of the desk."""

from types import ModuleType

from config.embedded.ports import is_free
from config.run.errors import CannotRun


def check_ports(settings: ModuleType, host: str) -> None:
    """Raises CannotRun when a port is taken, or given to two processes."""
    ports = {"PORT": settings.PORT, "STREAM_PORT": settings.STREAM_PORT}
    if settings.TELEGRAM_MODE == "sandbox":
        ports["SANDBOX_PORT"] = settings.SANDBOX_PORT
    if len(set(ports.values())) < len(ports):
        raise CannotRun(f"Ports must differ: {', '.join(f'{name}={port}' for name, port in ports.items())}")
    for name, port in ports.items():
        if not is_free(port, host):
            raise CannotRun(f"Port {port} is taken: set another {name} (make run {name}={port + 100})")
