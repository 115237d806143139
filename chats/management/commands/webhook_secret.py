"""Prints the secret with which the webhook service signs its callbacks."""

from django.core.management.base import BaseCommand

from chats.signing import webhook_secret


class Command(BaseCommand):
    help = __doc__

    def handle(self, *args, **options) -> None:
        self.stdout.write(webhook_secret())
