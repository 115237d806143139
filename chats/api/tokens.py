"""The visitor's token: the widget (or any client of the same API) makes it up, and only its SHA-256 is stored."""

import hashlib
import re

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed, NotAuthenticated

from chats.models import Contact

TOKEN = re.compile(r"[A-Za-z0-9_-]{16,100}")


class ChatTokenAuthentication(BaseAuthentication):
    """Takes `Chat-Token`; `request.auth` is its SHA-256 in hex, which is the contact's external id."""

    def authenticate(self, request):
        token = request.headers.get("Chat-Token")
        if token is None:
            raise NotAuthenticated("The header Chat-Token is missing.")
        if not TOKEN.fullmatch(token):
            raise AuthenticationFailed("Chat-Token must be 16 to 100 characters of A-Z, a-z, 0-9, _ and -.")
        return (None, hash_token(token))

    def authenticate_header(self, request) -> str:
        return "Chat-Token"


class ChatTokenScheme(OpenApiAuthenticationExtension):
    target_class = "chats.api.tokens.ChatTokenAuthentication"
    name = "chatToken"

    def get_security_definition(self, auto_schema) -> dict:
        return {"type": "apiKey", "in": "header", "name": "Chat-Token"}


def hash_token(token: str) -> str:
    """The SHA-256 of a visitor's token, in hex."""
    return hashlib.sha256(token.encode()).hexdigest()


def find_contact(token_hash: str) -> Contact | None:
    """The web contact of that token, if it has ever written."""
    return Contact.objects.filter(channel="web", external_id=token_hash).first()


def make_contact(token_hash: str, *, language: str = "ru") -> Contact:
    """A contact for a token that nobody has used; the same one for two that come at once."""
    return Contact.objects.get_or_create(
        channel="web", external_id=token_hash, defaults={"language": language}
    )[0]
