"""Makes the database ready for `make run`: tables, demo content, the demo admin, the bots' webhooks.

One process for all of it, because each start of Django costs a second. `python -m config.prepare [--demo]`; the last
line it prints is a JSON object for the launcher.
"""

import json
import os
import sys

import django
from django.conf import settings
from django.core.management import call_command, get_commands
from django.core.management.base import CommandError


def main() -> None:
    """Raises SystemExit with one line when something cannot be done."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    try:
        call_command("migrate", interactive=False, verbosity=1 if _tables_are_missing() else 0)
        if "--demo" in sys.argv:
            call_command("load_demo")
        if not settings.DEBUG:
            call_command("collectstatic", interactive=False, verbosity=0)
        password_is_known = _make_admin()
        if settings.TELEGRAM_MODE != "polling" and "register_webhooks" in get_commands():
            call_command("register_webhooks")
    except CommandError as error:
        sys.exit(str(error))
    sys.stdout.write(json.dumps({"password_is_known": password_is_known}) + "\n")


def _tables_are_missing() -> bool:
    from django.db import connection

    return "django_migrations" not in connection.introspection.table_names()


def _make_admin() -> bool:
    """Creates the demo admin; says whether the given password is theirs (they may have changed it since)."""
    from django.contrib.auth import get_user_model

    name, password = os.environ["DJANGO_SUPERUSER_USERNAME"], os.environ["DJANGO_SUPERUSER_PASSWORD"]
    users = get_user_model()
    user = users.objects.filter(username=name).first()
    if user is None:
        users.objects.create_superuser(username=name, password=password)
        return True
    return user.check_password(password)


if __name__ == "__main__":
    main()
