"""The words of the operator bot, in Telegram's HTML. They stand in operators_ru and operators_en."""

import html
from types import ModuleType

from telegram_bot.bots import operators_en, operators_ru

COMMANDS = {"ru": operators_ru.COMMANDS, "en": operators_en.COMMANDS}


class Html(str):
    """A value that is HTML already, and is put into a text as it is."""

    __slots__ = ()


def say(key: str, language: str, **values) -> str:
    """The text of that key as HTML: what people wrote is escaped."""
    return (
        _of(language)
        .TEXTS[key]
        .format(
            **{name: value if isinstance(value, Html) else _escape(value) for name, value in values.items()}
        )
    )


def say_plain(key: str, language: str, **values) -> str:
    """The text of that key where no HTML is understood: buttons and answers to them."""
    return _of(language).TEXTS[key].format(**values)


def say_reason(reason: str, language: str) -> str:
    """Why a human is needed, in words."""
    return _of(language).REASONS.get(reason, reason)


def say_channel(channel: str, language: str) -> str:
    """Where the visitor writes."""
    return _of(language).CHANNELS.get(channel, channel)


def say_duration(seconds: float, language: str) -> str:
    """How long, as people say it: «3 мин», «1 ч 05 мин»."""
    hour, minute, less = (
        ("ч", "мин", "меньше минуты") if language == "ru" else ("h", "min", "less than a minute")
    )
    minutes = int(seconds // 60)
    if minutes < 1:
        return less
    return f"{minutes} {minute}" if minutes < 60 else f"{minutes // 60} {hour} {minutes % 60:02d} {minute}"


def list_commands(language: str) -> Html:
    """The commands, one a line."""
    return Html("\n".join(f"/{command} — {what}" for command, what in _of(language).COMMANDS))


def _escape(value: object) -> Html:
    return Html(html.escape(str(value), quote=False))


def _of(language: str) -> ModuleType:
    """Russian where the language is not known."""
    return operators_en if language == "en" else operators_ru
