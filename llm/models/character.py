"""The characters of the character bot: who they are and how they speak."""

from django.db import models
from django.templatetags.static import static

ABSOLUTE = ("http://", "https://", "/")


class CharacterQuerySet(models.QuerySet):
    def active(self) -> "CharacterQuerySet":
        return self.filter(active=True).order_by("order", "name")


class Character(models.Model):
    """Somebody the visitor can talk to in the character bot."""

    slug = models.SlugField("ключ", max_length=60, unique=True)
    name = models.CharField("имя", max_length=80)
    tagline = models.CharField("одной строкой", max_length=160, help_text="Строка в списке персонажей.")
    greeting = models.TextField("приветствие", help_text="Первое, что говорит персонаж.")
    name_en = models.CharField("имя по-английски", max_length=80, blank=True)
    tagline_en = models.CharField("одной строкой по-английски", max_length=160, blank=True)
    greeting_en = models.TextField("приветствие по-английски", blank=True)
    picture = models.CharField(
        "картинка",
        max_length=300,
        blank=True,
        help_text="Статический файл, например llm/characters/mario.svg, или адрес https://.",
    )
    instructions = models.TextField("указания", help_text="Кто это и как говорит: уходит языковой модели.")
    order = models.PositiveSmallIntegerField("порядок", default=100)
    active = models.BooleanField("показывать", default=True)
    created_at = models.DateTimeField("создан", auto_now_add=True)
    updated_at = models.DateTimeField("изменён", auto_now=True)

    objects = CharacterQuerySet.as_manager()

    class Meta:
        verbose_name = "персонаж"
        verbose_name_plural = "персонажи"
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
