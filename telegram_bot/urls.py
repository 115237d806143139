"""The webhooks of the bots."""

from django.urls import re_path

from telegram_bot.webhook import webhook

urlpatterns = [
    re_path(r"^telegram/(?P<bot>support|operators|characters)/webhook/?$", webhook, name="telegram-webhook"),
]
