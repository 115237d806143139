"""The HTTP side of the Bot API: `/bot<token>/<method>` and `/file/bot<token>/<path>`."""

import asyncio
import json
import logging

from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from telegram_bot.sandbox.errors import BotApiError, bad_request
from telegram_bot.sandbox.faults import DESCRIPTIONS, Fault
from telegram_bot.sandbox.options import REAL_TOKEN

from .methods import call_method
from .params import UploadedFile

logger = logging.getLogger("sandbox")
MAX_FILE_BYTES = 50 * 1024 * 1024


class Vanished(Response):
    """No answer at all: the connection is closed under the caller."""

    async def __call__(self, scope, receive, send) -> None:
        transport = scope.get("sandbox.transport")
        if transport is not None:
            transport.abort()
            # uvicorn has to see that the caller is gone before it would put a 500 in place of the missing answer.
            while (await receive())["type"] != "http.disconnect":
                pass
        else:
            await send(
                {"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"1000")]}
            )


async def bot_endpoint(request: Request) -> Response:
    """One call of one method."""
    world, token, name = request.app.state.world, request.path_params["token"], request.path_params["method"]
    bot = world.bot_of_token(token)
    if bot is None:
        return _refuse_token(token)
    fault = world.faults.for_call(bot.name, name)
    if fault and fault.kind in ("away", "refuse"):
        return Vanished()
    values: dict = {}
    try:
        values, files = await read_params(request)
        if fault and fault.kind == "error":
            raise _commanded_error(fault)
        result = await call_method(world, bot, name, values, files)
        body = {"ok": True, "result": result.value}
        if result.description:
            body["description"] = result.description
        status = 200
    except BotApiError as refused:
        status, body = refused.code, refused.as_json()
    if name.lower() != "getupdates":
        world.journal.add(
            "calls", bot=bot.name, method=name, params=values, chat=_chat_of(values), status=status, response=body,
            by="http",
        )  # fmt: skip
    if fault and fault.kind == "close":
        return Vanished()
    if fault and fault.kind == "slow":
        await asyncio.sleep(fault.seconds)
    headers = {"Retry-After": str(body["parameters"]["retry_after"])} if "parameters" in body else None
    return JSONResponse(body, status_code=status, headers=headers)


async def file_endpoint(request: Request) -> Response:
    """The content of a file that getFile named."""
    world, token, path = request.app.state.world, request.path_params["token"], request.path_params["path"]
    bot = world.bot_of_token(token)
    if bot is None:
        return _refuse_token(token)
    found = world.store.files.by_path(bot.id, path)
    if found is None:
        return JSONResponse(BotApiError(404, "Not Found").as_json(), status_code=404)
    return Response(found["content"], media_type="application/octet-stream")


async def read_params(request: Request) -> tuple[dict, dict[str, UploadedFile]]:
    """Query, JSON, form and multipart together. Raises BotApiError for what is none of them."""
    values: dict = dict(request.query_params)
    files: dict[str, UploadedFile] = {}
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if request.method != "POST":
        return values, files
    if kind == "application/json":
        try:
            given = json.loads(await request.body() or b"{}")
        except (ValueError, RecursionError) as error:
            raise bad_request("can't parse request JSON object") from error
        if not isinstance(given, dict):
            raise bad_request("can't parse request: expected an Object")
        values |= given
    elif kind in ("application/x-www-form-urlencoded", "multipart/form-data"):
        try:
            form = await request.form(max_files=20, max_fields=200, max_part_size=10 * 1024 * 1024)
        except Exception as error:  # the parser raises a zoo
            raise bad_request("can't parse the form") from error
        for key, value in form.multi_items():
            if isinstance(value, UploadFile):
                files[key] = UploadedFile(
                    value.filename or key,
                    value.content_type or "application/octet-stream",
                    await value.read(),
                )
                if len(files[key].content) > MAX_FILE_BYTES:
                    raise BotApiError(413, "Request Entity Too Large")
            else:
                values[key] = value
    elif await request.body():
        raise bad_request("unsupported content type")
    return values, files


def _refuse_token(token: str) -> Response:
    if REAL_TOKEN.match(token):
        logger.warning(
            "a token of the real shape reached the sandbox and was refused: point that bot at Telegram"
        )
    return JSONResponse(BotApiError(401, "Unauthorized").as_json(), status_code=401)


def _commanded_error(fault: Fault) -> BotApiError:
    if fault.code == 429:
        return BotApiError(
            429,
            fault.description or f"Too Many Requests: retry after {fault.retry_after}",
            retry_after=fault.retry_after,
        )
    return BotApiError(fault.code, fault.description or DESCRIPTIONS.get(fault.code, "Error"))


def _chat_of(values: dict) -> str | None:
    return str(values["chat_id"]) if "chat_id" in values else None
