"""One PostgreSQL and one Redis for the whole run; each xdist worker has a database and a Redis number of its own.

This file is imported before Django is set up, which is why the services start at import.
"""

import atexit
import os
import tempfile
from pathlib import Path
from urllib.parse import urlsplit

import django
import pytest

from config.embedded import start_services

_worker = os.environ.get("PYTEST_XDIST_WORKER", "")
if not _worker and "SWITCHBOARD_TEST_SERVICES" not in os.environ:
    # The controlling process (or the only one): its workers inherit the addresses.
    _folder = tempfile.TemporaryDirectory(prefix="switchboard-test-", ignore_cleanup_errors=True)
    Path(_folder.name).chmod(0o755)
    _services = start_services(Path(_folder.name), durable=False)
    os.environ["SWITCHBOARD_TEST_SERVICES"] = str(os.getpid())
    os.environ["SWITCHBOARD_TEST_FOLDER"] = _folder.name
    os.environ["DATABASE_URL"], os.environ["REDIS_URL"] = _services.database_url, _services.redis_url
    atexit.register(_folder.cleanup)
    atexit.register(_services.stop)


def _scratch(name: str) -> Path:
    folder = Path(os.environ["SWITCHBOARD_TEST_FOLDER"]) / f"{name}{_worker}"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


_number = int(_worker.removeprefix("gw") or 0) + 1
os.environ["REDIS_URL"] = urlsplit(os.environ["REDIS_URL"])._replace(path=f"/{_number}").geturl()
os.environ.update(
    {
        "DJANGO_SECRET_KEY": "for-tests-only",
        "DEBUG": "0",
        "DEMO_MODE": "1",
        "ALLOWED_HOSTS": "*",
        "LLM_PROVIDER": "offline",
        "TELEGRAM_MODE": "polling",
        "API_ANONYMOUS": "1",
        "STATIC_ROOT": str(_scratch("static")),
        "PROMETHEUS_MULTIPROC_DIR": str(_scratch("metrics")),
        "DJANGO_SETTINGS_MODULE": "config.settings",
    }
)
django.setup()  # now, not when pytest-django would: the conftest.py of a folder may import models

pytest_plugins = [
    "tests.fixtures.chromium",
    "tests.fixtures.browser",
    "tests.fixtures.processes",
    "tests.fixtures.scripted_llm",
    "tests.fixtures.threads",
    "tests.fixtures.waiting",
]


@pytest.fixture(autouse=True)
def _fresh_redis():
    """Each test starts with an empty Redis."""
    from chats.redis import get_redis

    get_redis().flushdb()
