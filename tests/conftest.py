"""One PostgreSQL for the whole run, and a database in it and a Redis of its own for each xdist worker.

A Redis, not a number in one: what is published there is heard under every number.

This file is imported before Django is set up, which is why the services start at import.
"""

import atexit
import os
import tempfile
from pathlib import Path

import django
import pytest

from config.embedded import start_services

_worker = os.environ.get("PYTEST_XDIST_WORKER", "")  # "" in the controlling process, or the only one
_folder = tempfile.TemporaryDirectory(prefix="switchboard-test-", ignore_cleanup_errors=True)
Path(_folder.name).chmod(0o755)
_services = start_services(Path(_folder.name), postgres=not _worker, durable=False)
os.environ["REDIS_URL"] = _services.redis_url
if not _worker:
    os.environ["DATABASE_URL"] = _services.database_url  # the workers inherit it
atexit.register(_folder.cleanup)
atexit.register(_services.stop)


def _scratch(name: str) -> Path:
    folder = Path(_folder.name) / name
    folder.mkdir()
    return folder


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
assert os.environ["REDIS_URL"] == django.conf.settings.REDIS_URL, "the settings were read before this file"

pytest_plugins = [
    "tests.fixtures.chromium",
    "tests.fixtures.browser",
    "tests.fixtures.processes",
    "tests.fixtures.scripted_llm",
    "tests.fixtures.threads",
    "tests.fixtures.waiting",
]


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_setupnodes():
    """The workers inherit this environment, and with this name in it pytest-django reads the settings too early."""
    del os.environ["DJANGO_SETTINGS_MODULE"]


@pytest.fixture(autouse=True)
def _fresh_redis():
    """Each test starts with an empty Redis."""
    from chats.redis import get_redis

    get_redis().flushdb()
