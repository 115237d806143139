"""A real PostgreSQL and a real Redis for a machine that has neither: for `make run` and `make test`.

Both come as PyPI packages, listen on a free loopback port with a password of their own, keep their data in one
folder, and end with the process that started them, however that ends:

    with start_services(Path(".local")) as services:
        services.database_url  # "postgresql://switchboard:...@127.0.0.1:20123/switchboard"
        services.redis.kill()  # SIGKILL, as a crash would
        services.redis.start()  # the same port, the same password, the same data
"""

from config.embedded.errors import EmbeddedError
from config.embedded.services import Services, start_services

__all__ = ["EmbeddedError", "Services", "start_services"]
