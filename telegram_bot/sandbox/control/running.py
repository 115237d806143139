"""The sandbox itself: its state, events, faults, journal, limits, reset."""

import asyncio
import json
from dataclasses import fields

from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse

from telegram_bot.sandbox.bot_api.updates import KINDS
from telegram_bot.sandbox.errors import ControlError
from telegram_bot.sandbox.options import Limits

from .reading import bot_view, chat_summary
from .requests import body_of, bot_of, number_of, world_of

MAX_WAIT = 60.0
KEEP_ALIVE_SECONDS = 15.0


async def state(request: Request) -> Response:
    """What the page starts from."""
    world = world_of(request)
    everybody = world.store.people.all()
    return JSONResponse(
        {
            "revision": world.events.revision,
            "bots": [bot_view(world, bot) for bot in world.options.bots],
            "people": everybody,
            "chats": [chat_summary(world, bot, person) for person in everybody for bot in world.options.bots],
            "web_url": world.options.web_url,
        }
    )


async def bots(request: Request) -> Response:
    world = world_of(request)
    return JSONResponse([bot_view(world, bot) for bot in world.options.bots])


async def bot(request: Request) -> Response:
    return JSONResponse(bot_view(world_of(request), bot_of(request)))


async def raw_update(request: Request) -> Response:
    """An update of any kind, as a test wants it."""
    world, given = world_of(request), await body_of(request)
    kinds = [kind for kind in given if kind in KINDS]
    if len(kinds) != 1 or not isinstance(given[kinds[0]], dict):
        raise ControlError(400, "bad_update", "an update has exactly one kind, and its value is an object")
    payload = given[kinds[0]]
    sender = payload.get("from") if isinstance(payload.get("from"), dict) else {}
    update_id = world.add_update(
        bot_of(request),
        kinds[0],
        payload,
        person_id=sender.get("id"),
        force=request.query_params.get("force") in ("1", "true"),
    )
    return JSONResponse({"update_id": update_id}, status_code=201)


async def events(request: Request) -> Response:
    """Long poll."""
    revision = int(number_of(request, "after", 0))
    timeout = min(number_of(request, "timeout", 25.0), MAX_WAIT)
    return JSONResponse(await world_of(request).events.wait(revision, timeout))


async def stream(request: Request) -> Response:
    """Server-Sent Events."""
    log = world_of(request).events
    given = request.headers.get("last-event-id") or request.query_params.get("after")
    revision = int(given) if given and given.isdigit() else log.revision

    async def lines(revision: int):
        yield "retry: 1000\n\n"
        while not log.ended:
            found = await log.wait(revision, KEEP_ALIVE_SECONDS)
            revision = found["revision"]
            if found["changes"] or found.get("reset"):
                yield f"id: {revision}\ndata: {json.dumps(found)}\n\n"
            else:
                yield ": still here\n\n"
            # Many changes at once become one event.
            await asyncio.sleep(0.02)

    return StreamingResponse(
        lines(revision), media_type="text/event-stream", headers={"Cache-Control": "no-store"}
    )


async def calls(request: Request) -> Response:
    """The last Bot API calls."""
    query = request.query_params
    return JSONResponse(
        world_of(request).journal.read(
            "calls",
            after=int(number_of(request, "after", 0)),
            bot=query.get("bot"),
            method=query.get("method"),
            chat=query.get("chat"),
        )
    )


async def deliveries(request: Request) -> Response:
    """The last webhook attempts."""
    return JSONResponse(
        world_of(request).journal.read(
            "deliveries", after=int(number_of(request, "after", 0)), bot=request.query_params.get("bot")
        )
    )


async def file(request: Request) -> Response:
    """The content of an attachment; never something that a browser would run."""
    found = world_of(request).store.files.get(request.path_params["file"])
    if found is None:
        raise ControlError(404, "no_file", "there is no such file")
    image = found["mime_type"] in ("image/png", "image/jpeg", "image/gif", "image/webp")
    headers = {"X-Content-Type-Options": "nosniff", "Content-Security-Policy": "sandbox; default-src 'none'"}
    if not image:
        headers["Content-Disposition"] = "attachment"
    return Response(
        found["content"],
        media_type=found["mime_type"] if image else "application/octet-stream",
        headers=headers,
    )


async def faults(request: Request) -> Response:
    """GET what is armed, POST arms, DELETE disarms."""
    armed = world_of(request).faults
    if request.method == "POST":
        armed.arm(await body_of(request))
        return JSONResponse(armed.armed(), status_code=201)
    if request.method == "DELETE":
        armed.disarm()
    return JSONResponse(armed.armed())


async def limits(request: Request) -> Response:
    """Change the limits while it runs; everybody has a full burst again."""
    world, given = world_of(request), await body_of(request)
    for field in fields(Limits):
        if field.name in given:
            value = given[field.name]
            if not isinstance(value, (bool, int, float)) or (field.name != "enabled" and value <= 0):
                raise ControlError(400, "bad_limit", f"{field.name} must be a number above 0")
            setattr(world.limiter.limits, field.name, value)
    world.limiter.forget()
    return JSONResponse({field.name: getattr(world.limiter.limits, field.name) for field in fields(Limits)})


async def reset(request: Request) -> Response:
    """As new."""
    given = await body_of(request)
    world_of(request).reset(
        keep_people=bool(given.get("keep_people", False)),
        keep_webhooks=bool(given.get("keep_webhooks", True)),
    )
    return JSONResponse({})
