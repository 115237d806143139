"""The webhooks of the bots, and the Mini App."""

from django.urls import re_path

from telegram_bot import miniapp
from telegram_bot.webhook import webhook

urlpatterns = [
    re_path(r"^telegram/(?P<bot>support|operators|characters)/webhook/?$", webhook, name="telegram-webhook"),
    re_path(r"^miniapp/?$", miniapp.page, name="miniapp"),
    re_path(r"^miniapp/api/characters/?$", miniapp.characters, name="miniapp-characters"),
    re_path(r"^miniapp/api/choice/?$", miniapp.choose, name="miniapp-choice"),
]
