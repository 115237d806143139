"""Reading the control API's requests: JSON bodies, the bot and the person of the path."""

import json

from starlette.requests import Request

from telegram_bot.sandbox.bot_api.params import check_encoding
from telegram_bot.sandbox.errors import BotApiError, ControlError
from telegram_bot.sandbox.options import BotSpec
from telegram_bot.sandbox.world import World


def world_of(request: Request) -> World:
    return request.app.state.world


async def body_of(request: Request) -> dict:
    """The JSON object of a changing request. Raises ControlError; the content type is demanded so that no page of
    another origin can send it without asking first."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "application/json":
        raise ControlError(415, "content_type", "send JSON with Content-Type: application/json")
    try:
        given = json.loads(await request.body() or b"{}")
        check_encoding(given)
    except (ValueError, RecursionError, BotApiError) as error:
        raise ControlError(400, "bad_json", "the body is not JSON in UTF-8") from error
    if not isinstance(given, dict):
        raise ControlError(400, "bad_json", "the body must be an object")
    return given


def bot_of(request: Request) -> BotSpec:
    """The bot of the path. Raises ControlError."""
    bot = world_of(request).bot_of_name(request.path_params["bot"])
    if bot is None:
        raise ControlError(404, "no_bot", f"there is no bot {request.path_params['bot']}")
    return bot


def person_of(request: Request) -> dict:
    """The person of the path. Raises ControlError."""
    person = world_of(request).store.people.get(request.path_params["person"])
    if person is None:
        raise ControlError(404, "no_person", f"there is no person {request.path_params['person']}")
    return person


def number_of(request: Request, name: str, default: float) -> float:
    """A number of the query. Raises ControlError."""
    try:
        return float(request.query_params.get(name, default))
    except ValueError as error:
        raise ControlError(400, "bad_number", f"{name} must be a number") from error


def integer_in(given: dict, name: str) -> int:
    """A whole number of the body. Raises ControlError."""
    value = given.get(name)
    if isinstance(value, bool) or not isinstance(value, int):
        raise ControlError(400, "bad_number", f"{name} must be a whole number")
    return value
