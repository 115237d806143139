"""Serves the pictures of imported characters."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from llm.models import CharacterPicture


@require_safe
def character_picture(request: HttpRequest, slug: str) -> HttpResponse:
    """The PNG that came with the character's card."""
    picture = get_object_or_404(CharacterPicture, character__slug=slug)
    headers = {"Cache-Control": "public, max-age=86400", "Content-Security-Policy": "default-src 'none'"}
    return HttpResponse(bytes(picture.content), content_type="image/png", headers=headers)
