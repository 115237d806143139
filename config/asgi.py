"""ASGI: the event stream only. Everything else is WSGI."""

import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
django.setup()

from chats.realtime import application  # noqa: E402 - the models need Django to be set up
from config.metrics_server import serve_metrics  # noqa: E402

serve_metrics()

__all__ = ["application"]
