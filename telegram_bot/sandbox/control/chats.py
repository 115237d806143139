"""A person's chat with a bot: what they do in it and what they see."""

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from telegram_bot.sandbox import acts
from telegram_bot.sandbox.attachments import KINDS, attachment
from telegram_bot.sandbox.errors import ControlError
from telegram_bot.sandbox.init_data import THEMES, hash_fragment, sign_init_data

from .reading import callback_view, chat_view
from .requests import body_of, bot_of, integer_in, number_of, person_of, world_of


async def chat(request: Request) -> Response:
    """What the person sees."""
    after, last = int(number_of(request, "after", 0)), int(number_of(request, "last", -1))
    view = chat_view(world_of(request), bot_of(request), person_of(request), after=after, last=last)
    return JSONResponse(view)


async def callback(request: Request) -> Response:
    """How one press was answered."""
    row = world_of(request).store.callbacks.get(request.path_params["callback"])
    if row is None:
        raise ControlError(404, "no_callback", "there is no such callback query")
    return JSONResponse(callback_view(row))


async def act(request: Request) -> Response:
    """POST .../<verb>: the person does something."""
    world, bot, person = world_of(request), bot_of(request), person_of(request)
    verb, given = request.path_params["verb"], await body_of(request)
    reply_to = given.get("reply_to")
    if reply_to is not None:
        reply_to = integer_in(given, "reply_to")
    if verb == "start":
        return JSONResponse(
            {"message": acts.press_start(world, bot, person, str(given.get("payload") or ""))}
        )
    if verb == "text":
        text = given.get("text")
        if not isinstance(text, str):
            raise ControlError(400, "bad_text", "text must be a text")
        messages = acts.write_text(world, bot, person, text, reply_to=reply_to)
        return JSONResponse({"message": messages[-1], "messages": messages})
    if verb in KINDS:
        content = attachment(world, bot, person, verb, given)
        return JSONResponse({"message": acts.write(world, bot, person, content, reply_to=reply_to)})
    if verb == "raw":
        return JSONResponse({"message": acts.write(world, bot, person, given)})
    if verb == "edit":
        message = acts.edit_text(
            world, bot, person, integer_in(given, "message_id"), str(given.get("text") or "")
        )
        return JSONResponse({"message": message})
    if verb == "press":
        return JSONResponse(_press(world, bot, person, given))
    if verb in ("block", "unblock"):
        acts.set_blocked(world, bot, person, verb == "block")
        return JSONResponse({"blocked": verb == "block"})
    if verb == "clear":
        acts.clear_history(world, bot, person)
        return JSONResponse({})
    if verb == "web_app_data":
        data = {"data": str(given.get("data") or ""), "button_text": str(given.get("button_text") or "")}
        if not 1 <= len(data["data"].encode()) <= 4096:
            raise ControlError(400, "bad_data", "data has 1 to 4096 bytes")
        return JSONResponse({"message": acts.write(world, bot, person, {"web_app_data": data})})
    if verb == "init_data":
        return JSONResponse(_init_data(bot, person, given))
    raise ControlError(404, "not_found", f"there is no {verb}")


def _press(world, bot, person: dict, given: dict) -> dict:
    message_id = integer_in(given, "message_id")
    if given.get("force"):
        return {
            "callback_query_id": acts.press_button(world, bot, person, message_id, str(given.get("data", "")))
        }
    button = _find_button(world, bot, person, message_id, given)
    if "callback_data" in button:
        return {
            "callback_query_id": acts.press_button(world, bot, person, message_id, button["callback_data"])
        }
    if "web_app" in button:
        return _init_data(bot, person, {"kind": "button", "url": button["web_app"]["url"]} | _theme(given))
    return {"url": button.get("url", "")}


def _find_button(world, bot, person: dict, message_id: int, given: dict) -> dict:
    row = world.store.messages.get(bot.id, person["id"], message_id)
    if row is None:
        raise ControlError(404, "no_message", f"there is no message {message_id} in this chat")
    rows = row["payload"].get("reply_markup", {}).get("inline_keyboard", [])
    for row_number, buttons in enumerate(rows):
        for column, button in enumerate(buttons):
            if "data" in given and button.get("callback_data") == given["data"]:
                return button
            if "label" in given and button["text"] == given["label"]:
                return button
            if "row" in given and (row_number, column) == (given["row"], given.get("column", 0)):
                return button
    labels = [button["text"] for buttons in rows for button in buttons]
    raise ControlError(404, "no_button", f"message {message_id} has no such button; it has {labels}")


def _init_data(bot, person: dict, given: dict) -> dict:
    kind = given.get("kind", "button")
    if kind not in ("button", "menu", "keyboard", "link"):
        raise ControlError(400, "bad_kind", "kind must be button, menu, keyboard or link")
    start_param = str(given.get("start_param") or "")
    auth_date = given.get("auth_date")
    signed = sign_init_data(
        token=bot.token,
        person=person,
        kind=kind,
        chat_instance=acts.chat_instance(bot, person),
        start_param=start_param,
        auth_date=integer_in(given, "auth_date") if auth_date is not None else None,
    )
    fragment = hash_fragment(signed, start_param=start_param, theme=_theme(given).get("theme", "light"))
    answer = {"init_data": signed, "hash_fragment": fragment}
    if url := given.get("url"):
        answer |= {"url": url, "full_url": f"{str(url).partition('#')[0]}#{fragment}"}
    return answer


def _theme(given: dict) -> dict:
    return {"theme": given["theme"]} if given.get("theme") in THEMES else {}
