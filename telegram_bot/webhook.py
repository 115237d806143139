"""POST /telegram/<bot>/webhook: where Telegram brings its updates."""

import json

from django.conf import settings
from django.db import Error as AnyDatabaseError
from django.http import HttpRequest, JsonResponse
from django.utils.crypto import constant_time_compare
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from telegram_bot.updates import MalformedUpdate, handle_update

MAX_BODY = 512 * 1024  # bytes; Telegram's own updates stay far below


@csrf_exempt
@require_POST
def webhook(request: HttpRequest, bot: str) -> JsonResponse:
    """200: settled, never bring it again. 403: not from Telegram. 400, 413: not an update. 503: bring it again."""
    if not _is_telegram(request):
        return _answer(403, "wrong or missing secret token")
    body = request.read(MAX_BODY + 1)
    if len(body) > MAX_BODY:
        return _answer(413, f"larger than {MAX_BODY // 1024} KB")
    try:
        settled = handle_update(bot, json.loads(body.decode("utf-8"), parse_constant=_refuse))
    except (ValueError, RecursionError):  # not UTF-8, not JSON, not an update
        return _answer(400, "not an update")
    except AnyDatabaseError:
        return _answer(503, "try again later")
    return _answer(200, "") if settled else _answer(503, "try again later")


def _is_telegram(request: HttpRequest) -> bool:
    given = request.headers.get("X-Telegram-Bot-Api-Secret-Token", "")
    return bool(settings.TELEGRAM_WEBHOOK_SECRET) and constant_time_compare(
        given, settings.TELEGRAM_WEBHOOK_SECRET
    )


def _refuse(constant: str):
    raise MalformedUpdate(f"{constant} is not JSON")


def _answer(status: int, detail: str) -> JsonResponse:
    return JsonResponse({"ok": status == 200} | ({"detail": detail} if detail else {}), status=status)
