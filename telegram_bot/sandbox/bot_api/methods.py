"""Which methods there are, and how one is called."""

import inspect
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from telegram_bot.sandbox.errors import BotApiError
from telegram_bot.sandbox.options import BotSpec

from .params import Params


@dataclass(frozen=True, slots=True)
class Result:
    """What goes into `result`, and the sentence that some methods add."""

    value: Any
    description: str = ""


@dataclass(frozen=True, slots=True)
class Call:
    """One call: who calls, and with what."""

    world: Any
    bot: BotSpec
    params: Params = field(default_factory=lambda: Params({}))


_METHODS: dict[str, Callable] = {}


def method(name: str):
    """Register a function of one Call as the method `name`."""

    def register(function: Callable) -> Callable:
        _METHODS[name.lower()] = function
        return function

    return register


async def call_method(world, bot: BotSpec, name: str, values: dict, files: dict | None = None) -> Result:
    """Do what the bot asks. Raises BotApiError."""
    function = _METHODS.get(name.lower())
    if function is None:
        raise BotApiError(404, "Not Found: method not found")
    result = function(Call(world, bot, Params(values, files)))
    if inspect.isawaitable(result):
        result = await result
    return result if isinstance(result, Result) else Result(result)
