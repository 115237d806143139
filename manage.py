#!/usr/bin/env python
"""Django's command line."""

import os
import sys

# Commands that read neither the database nor Redis run on a machine that has none: in a pipe, in a measurement.
STANDALONE = {"detect"}
NEVER_OPENED = {
    "DATABASE_URL": "postgresql://nobody@127.0.0.1:9/none",
    "REDIS_URL": "redis://127.0.0.1:9/0",
    "DJANGO_SECRET_KEY": "signs-nothing",
    "TELEGRAM_MODE": "polling",
}

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    if len(sys.argv) > 1 and sys.argv[1] in STANDALONE:
        for name, value in NEVER_OPENED.items():
            os.environ.setdefault(name, value)
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)
