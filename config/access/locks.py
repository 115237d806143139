"""Guessing passwords: five failures lock a name for one address, for a quarter of an hour, and for nobody else.

A name is never locked for every address: whoever wants to keep an admin out would only have to fail on purpose.
"""

from ipaddress import ip_address

from django.conf import settings
from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from chats.api.limits import client_address


def address_of(request: HttpRequest) -> str | None:
    """The address that axes counts failures for: X-Forwarded-For only as far as our own proxies have written it."""
    try:
        return str(ip_address(client_address(request)))
    except ValueError:
        return None  # a unix socket, or nonsense


def locked_out(request: HttpRequest, response: HttpResponse, credentials: dict | None) -> HttpResponse:
    """What the person reads who has failed too often."""
    seconds = int(settings.AXES_COOLOFF_TIME.total_seconds())
    context = admin.site.each_context(request) | {"title": "Вход закрыт", "minutes": seconds // 60}
    page = render(request, "admin/locked_out.html", context, status=429)
    page["Retry-After"] = str(seconds)
    return page
