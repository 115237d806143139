"""Persons: list, create, rename, remove."""

import re

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from telegram_bot.sandbox.errors import ControlError

from .requests import body_of, person_of, world_of

LENGTHS = {"first_name": 64, "last_name": 64, "username": 32, "language_code": 8}


async def people(request: Request) -> Response:
    """GET lists, POST creates."""
    world = world_of(request)
    if request.method == "GET":
        return JSONResponse(world.store.people.all())
    given = _checked(world, await body_of(request))
    if not given.get("first_name"):
        raise ControlError(400, "no_name", "first_name is needed")
    person = world.store.people.create(**given)
    world.events.publish("people", person=person["id"])
    return JSONResponse(person, status_code=201)


async def person(request: Request) -> Response:
    """GET, PATCH and DELETE of one person."""
    world, found = world_of(request), person_of(request)
    if request.method == "DELETE":
        world.store.people.delete(found["id"])
        world.events.publish("people", person=found["id"])
        return Response(status_code=204)
    if request.method == "PATCH":
        given = _checked(world, await body_of(request), but=found["id"])
        if given.get("first_name") == "":
            raise ControlError(400, "no_name", "first_name is needed")
        world.store.people.change(found["id"], **given)
        world.events.publish("people", person=found["id"])
    return JSONResponse(world.store.people.get(found["id"]))


def _checked(world, given: dict, *, but: int | None = None) -> dict:
    if "name" in given:
        given["first_name"] = given["name"]
    checked = {}
    for key, length in LENGTHS.items():
        if key in given:
            value = given[key] if given[key] is not None else ""
            if not isinstance(value, str) or len(value.strip()) > length:
                raise ControlError(400, f"bad_{key}", f"{key} must be a text of at most {length} characters")
            checked[key] = value.strip()
    username = checked.get("username", "").removeprefix("@")
    if username:
        if not re.match(r"^[A-Za-z][A-Za-z0-9_]{3,31}$", username):
            raise ControlError(400, "bad_username", "a username has 4 to 32 Latin letters, digits and _")
        if world.store.people.username_taken(username, but=but):
            raise ControlError(409, "username_taken", f"@{username} is somebody else")
        checked["username"] = username
    return checked
