"""The characters of the character bot: who they are and how they speak."""

from django.db import models
from django.templatetags.static import static

ABSOLUTE = ("http://", "https://", "/")


class CharacterQuerySet(models.QuerySet):
    def active(self) -> "CharacterQuerySet":
        return self.filter(active=True).order_by("order", "name")


class Character(models.Model):
    """Somebody the visitor can talk to in the character bot."""

    slug = models.SlugField(max_length=60, unique=True)
    name = models.CharField(max_length=80)
    tagline = models.CharField(max_length=160, help_text="One line for the list of characters.")
    greeting = models.TextField(help_text="The first thing the character says.")
    name_en = models.CharField("name (English)", max_length=80, blank=True)
    tagline_en = models.CharField("tagline (English)", max_length=160, blank=True)
    greeting_en = models.TextField("greeting (English)", blank=True)
    picture = models.CharField(
        max_length=300,
        blank=True,
        help_text="A static file, such as llm/characters/mario.svg, or an https:// address.",
    )
    instructions = models.TextField(help_text="Who the character is and how it speaks: goes to the LLM.")
    order = models.PositiveSmallIntegerField(default=100)
    active = models.BooleanField(default=True)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    objects = CharacterQuerySet.as_manager()

    class Meta:
        ordering = ["order", "name"]

    def __str__(self) -> str:
        return self.name

    @property
    def picture_url(self) -> str:
        """The address of the picture: relative for a static file, "" when there is none."""
        if not self.picture or self.picture.startswith(ABSOLUTE):
            return self.picture
        return static(self.picture)

    def spoken(self, field: str, language: str) -> str:
        """The name, tagline or greeting in a language, Russian where there is no English."""
        english = getattr(self, f"{field}_en") if language == "en" else ""
        return english or getattr(self, field)
