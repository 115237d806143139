"""API keys of the webhook service and the messages API: `Authorization: Api-Key <key>`."""

from django.conf import settings
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed, NotAuthenticated

from chats.api.limits import client_address, counted
from chats.models import ApiKey

PREFIX = "Api-Key "


class ApiKeyAuthentication(BaseAuthentication):
    """`request.auth` is the ApiKey, or None for somebody without one, where API_ANONYMOUS allows it."""

    def authenticate(self, request):
        header = request.headers.get("Authorization", "")
        if not header:
            if settings.API_ANONYMOUS:
                return None
            raise NotAuthenticated("An API key is needed: Authorization: Api-Key <key>.")
        key = find_key(header.removeprefix(PREFIX)) if header.startswith(PREFIX) else None
        if key is None:
            raise AuthenticationFailed("The API key is not known, revoked or expired.")
        return (None, key)

    def authenticate_header(self, request) -> str:
        return "Api-Key"


class ApiKeyScheme(OpenApiAuthenticationExtension):
    target_class = "chats.api.keys.ApiKeyAuthentication"
    name = "apiKey"

    def get_security_definition(self, auto_schema) -> dict:
        return {
            "type": "apiKey",
            "in": "header",
            "name": "Authorization",
            "description": "`Api-Key <key>`; the demo works without one",
        }


def find_key(key: str) -> ApiKey | None:
    """The usable key with that secret."""
    try:
        found = ApiKey.objects.get_from_key(key)
    except ApiKey.DoesNotExist:
        return None
    return None if found.has_expired else found


def caller(request) -> str:
    """Who is counted by the rate limits: the key, else the address."""
    return f"key:{request.auth.prefix}" if request.auth else f"address:{counted(client_address(request))}"
