"""A PostgreSQL and a Redis for a bench: those of the environment, or embedded ones for as long as it runs."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def desk_services() -> Iterator[None]:
    """Set Django up on a migrated database; nothing is left behind when the services are our own."""
    with _addresses():
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
        os.environ.setdefault("DJANGO_SECRET_KEY", "for-benches-only")
        os.environ.setdefault("TELEGRAM_MODE", "polling")
        import django
        from django.core.management import call_command
        from django.db import connections

        django.setup()
        call_command("migrate", verbosity=0)
        try:
            yield
        finally:
            for connection in connections.all(initialized_only=True):
                connection.close_pool()


@contextmanager
def _addresses() -> Iterator[None]:
    if os.environ.get("DATABASE_URL") and os.environ.get("REDIS_URL"):
        yield
        return
    from config.embedded import start_services

    with tempfile.TemporaryDirectory(prefix="switchboard-bench-", ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o755)
        services = start_services(Path(folder), durable=False)
        os.environ["DATABASE_URL"], os.environ["REDIS_URL"] = services.database_url, services.redis_url
        try:
            yield
        finally:
            services.stop()
