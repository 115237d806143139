"""python manage.py remove_second_factor admin: for somebody who has lost the phone and the spare codes."""

from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand, CommandError
from django_otp import devices_for_user


class Command(BaseCommand):
    help = "Takes an admin's second factor away; the password alone lets them in again."

    def add_arguments(self, parser) -> None:
        parser.add_argument("username")

    def handle(self, *, username, **options) -> None:
        user = get_user_model().objects.filter(username=username).first()
        if user is None:
            raise CommandError(f"There is no admin called {username}.")
        devices = list(devices_for_user(user, confirmed=None))
        for device in devices:
            device.delete()
        self.stdout.write(f"Removed: {len(devices)}.")
