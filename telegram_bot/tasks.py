"""Celery tasks: thin doors."""

from celery import shared_task

from telegram_bot import updates


@shared_task(name="telegram_bot.forget_old_updates")
def forget_old_updates() -> None:
    updates.forget_old_updates()
