from telegram_bot.models.update import TelegramUpdate

__all__ = ["TelegramUpdate"]
