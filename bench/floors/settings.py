"""Django with nothing around it: the same pool of connections, no middleware."""

from config.settings import *  # noqa: F403

MIDDLEWARE = []
ROOT_URLCONF = "bench.floors.urls"
