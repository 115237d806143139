"""manage.py poll_telegram: fetches the updates of every bot that has a token, until SIGTERM or Ctrl-C."""

import signal
import threading
import time

from django.core.management.base import BaseCommand, CommandError

from telegram_bot.polling import Poller
from telegram_bot.registration import bots_with_tokens


class Command(BaseCommand):
    help = "Fetches Telegram's updates with getUpdates (TELEGRAM_MODE=polling)."

    def handle(self, **options):
        stopped = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stopped.set())
        bots = bots_with_tokens()
        if not bots:
            raise CommandError("no bot has a token: set TELEGRAM_SUPPORT_BOT_TOKEN, for one")
        pollers = [Poller(bot) for bot in bots]
        for poller in pollers:
            poller.start()
        self.stdout.write(f"polling: {', '.join(bots)}")
        stopped.wait()
        deadline = time.monotonic() + 10
        for poller in pollers:
            poller.stop(timeout=max(0.1, deadline - time.monotonic()))
