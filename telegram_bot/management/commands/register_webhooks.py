"""manage.py register_webhooks: tells Telegram where to bring updates (or, in polling mode, that we fetch them)."""

import time

from django.core.management.base import BaseCommand, CommandError

from chats.channels import PermanentDeliveryError, TemporaryDeliveryError
from telegram_bot.registration import bots_with_tokens, register


class Command(BaseCommand):
    help = "Registers webhooks, commands and the menu button of every bot that has a token."

    def add_arguments(self, parser):
        parser.add_argument(
            "--wait", type=float, default=30.0, help="seconds to try for when Telegram is away"
        )

    def handle(self, *, wait: float, **options):
        deadline = time.monotonic() + wait
        for bot in bots_with_tokens():
            self._register(bot, deadline)
            self.stdout.write(f"the {bot} bot is registered")

    def _register(self, bot: str, deadline: float) -> None:
        pause = 0.5
        while True:
            try:
                return register(bot)
            except PermanentDeliveryError as error:
                raise CommandError(f"Telegram refused the {bot} bot: {error}") from None
            except TemporaryDeliveryError as error:
                pause = error.retry_after.total_seconds() if error.retry_after else min(pause * 2, 8)
                if time.monotonic() + pause > deadline:
                    raise CommandError(f"the {bot} bot could not be registered: {error}") from None
                time.sleep(pause)
