"""The environment of the processes: what the shell says, then `.env`, then what suits a developer's machine."""

import importlib
import os
from collections.abc import Mapping
from pathlib import Path
from types import ModuleType

from dotenv import dotenv_values
from dotenv.parser import parse_stream

from config.run.errors import CannotRun
from config.run.local import ROOT, LocalFolder

UNSET_URL = {"DATABASE_URL": "postgresql://embedded@127.0.0.1/embedded", "REDIS_URL": "redis://127.0.0.1:1/0"}


def read_environment(
    local: LocalFolder, *, exported: Mapping[str, str] = os.environ, root: Path = ROOT
) -> dict[str, str]:
    """Gives the environment for `make run`. Raises CannotRun for a `.env` that cannot be read."""
    given = read_env_file(root / ".env") | dict(exported)
    environment = {name: value for name, value in given.items() if value != ""}
    environment.setdefault("DEBUG", "1")
    environment.setdefault("PORT", "8000")
    if environment["PORT"].isdigit():  # a bad one is named by the settings
        environment.setdefault("STREAM_PORT", str(int(environment["PORT"]) + 1))
    environment.setdefault("HOST", "127.0.0.1")
    environment.setdefault("WEB_WORKERS", "1")
    environment.setdefault("WORKER_THREADS", "64")
    for name in ("WEB_WORKERS", "WORKER_THREADS"):
        if not environment[name].isdigit() or environment[name] == "0":
            raise CannotRun(f"{name}: must be a whole number, 1 or more")
    environment.setdefault("DJANGO_SUPERUSER_USERNAME", "admin")
    if "DJANGO_SECRET_KEY" not in environment:
        environment["DJANGO_SECRET_KEY"] = local.secret("secret-key", length=48)
    environment["PYTHONUNBUFFERED"] = "1"
    environment["METRICS_PORT"] = "0"  # the processes share a folder: web's /metrics has everything, once
    environment["SWITCHBOARD_LOCAL"] = str(
        local.path
    )  # by which a later launcher knows what this one left behind
    return environment


def read_env_file(path: Path) -> dict[str, str]:
    """Reads `.env`. Raises CannotRun with the number of a line that is not NAME=value."""
    if not path.exists():
        return {}
    try:
        with path.open(encoding="utf-8") as file:
            for binding in parse_stream(file):
                if binding.error:
                    raise CannotRun(f"{path.name}, line {binding.original.line}: not of the form NAME=value")
    except (OSError, UnicodeDecodeError) as error:
        raise CannotRun(f"{path.name} cannot be read: {error}") from None
    return {name: value or "" for name, value in dotenv_values(path).items()}


def read_settings(environment: dict[str, str]) -> ModuleType:
    """Reads the settings as the processes will. Raises CannotRun with what is wrong with them."""
    from django.core.exceptions import ImproperlyConfigured

    os.environ.update({**UNSET_URL, **environment})
    try:
        return importlib.import_module("config.settings")
    except ImproperlyConfigured as error:
        raise CannotRun(f"Wrong settings (environment or .env). {error}") from None
