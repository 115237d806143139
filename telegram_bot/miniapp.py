"""The Mini App: a gallery in which the person chooses whom to talk to."""

import json
import uuid
from urllib.parse import urlsplit

from django.conf import settings
from django.db import transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_POST
from telegram import User

from chats.characters import choose_character, current_character
from chats.models import Contact
from llm.models import Character
from telegram_bot.bots.characters import CHANNEL, keep_person
from telegram_bot.contacts import language_of
from telegram_bot.init_data import BadInitData, InitData, verify_init_data

MAX_BODY = 4096  # bytes
_CHOICES = uuid.UUID("9a4c2f71-0e8b-4f36-bd15-6c83d7e20a9f")


@require_GET
def page(request: HttpRequest) -> HttpResponse:
    """The page itself; what it shows it asks the two views below for."""
    script = _script_url(request)
    response = render(request, "miniapp/index.html", {"script": script})
    response["Content-Security-Policy"] = _policy(script)
    return response


@require_GET
@never_cache
def characters(request: HttpRequest) -> JsonResponse:
    """Who there is to talk to, and with whom this person talks now."""
    try:
        person = _verified(request)
    except BadInitData as error:
        return _refused(error)
    contact = Contact.objects.filter(channel=CHANNEL, external_id=str(person.user.id)).first()
    current = current_character(contact) if contact else None
    language = _language(person.user, contact)
    return JsonResponse(
        {
            "language": language,
            "current": current.slug if current else None,
            "suggested": person.start_param or None,
            "characters": [
                {
                    "slug": character.slug,
                    "name": character.spoken("name", language),
                    "tagline": character.spoken("tagline", language),
                    "picture": character.picture_url,
                }
                for character in Character.objects.active()
            ],
        }
    )


@csrf_exempt
@require_POST
def choose(request: HttpRequest) -> JsonResponse:
    """Chooses `{"character": slug}` for the person who Telegram says is there. A replay changes nothing."""
    try:
        person = _verified(request)
    except BadInitData as error:
        return _refused(error)
    slug = _slug(request)
    character = Character.objects.active().filter(slug=slug).first() if slug else None
    if character is None:
        return _error(404 if slug else 400, "unknown_character", "There is no such character.")
    with transaction.atomic():
        choose_character(
            contact=keep_person(person.user),
            character=character,
            choice_id=uuid.uuid5(_CHOICES, f"{person.hash}:{slug}"),
            source="miniapp",
        )
    return JsonResponse({"character": character.slug})


def _language(user: User, contact: Contact | None) -> str:
    """The language of the talk, unless Telegram speaks another one with the person since then."""
    if contact and contact.meta.get("language_code") == (user.language_code or ""):
        return contact.language
    return language_of(user.language_code)


def _verified(request: HttpRequest) -> InitData:
    """Who is there, by the header `Authorization: tma <initData>`. Raises BadInitData."""
    scheme, _, raw = request.headers.get("Authorization", "").partition(" ")
    return verify_init_data(
        raw if scheme.lower() == "tma" else "", token=settings.TELEGRAM_BOT_TOKENS["characters"]
    )


def _slug(request: HttpRequest) -> str:
    try:
        slug = json.loads(request.read(MAX_BODY))["character"]
    except (ValueError, KeyError, TypeError, RecursionError):
        return ""
    return slug if isinstance(slug, str) and "\x00" not in slug else ""


def _refused(error: BadInitData) -> JsonResponse:
    return _error(401, error.code, str(error))


def _error(status: int, code: str, detail: str) -> JsonResponse:
    return JsonResponse({"error": {"code": code, "detail": detail}}, status=status)


def _script_url(request: HttpRequest) -> str:
    """Telegram's own script, or the sandbox's stand-in for it at its port of the same host."""
    if settings.TELEGRAM_SCRIPT_URL:
        return settings.TELEGRAM_SCRIPT_URL
    host = request.get_host().rsplit(":", 1)[0]
    return f"{settings.SANDBOX_URL or f'http://{host}:{settings.SANDBOX_PORT}'}/telegram-web-app.js"


def _policy(script: str) -> str:
    """What the page may load, and who may frame it: Telegram, and a sandbox where there is one."""
    parts = urlsplit(script)
    telegram = f"{parts.scheme}://{parts.netloc}"
    return "; ".join(
        [
            "default-src 'self'",
            f"script-src 'self' {telegram}",
            "style-src 'self' 'unsafe-inline'",  # Telegram's script sets the theme's colours on the root element
            "img-src 'self' https: data:",
            "object-src 'none'",
            "base-uri 'none'",
            "form-action 'self'",
            f"frame-ancestors {telegram} https://web.telegram.org https://*.telegram.org",
        ]
    )
