"""What the shop knows: questions with their answers, which the bot answers from."""

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVector, SearchVectorField
from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.db import models
from django.db.models import Case, F, Func, Q, Value, When
from django.utils import timezone


class Language(models.TextChoices):
    RU = "ru", "русский"
    EN = "en", "English"


# The text-search configuration of PostgreSQL for each language.
SEARCH_CONFIGS = {Language.RU: "russian", Language.EN: "english"}


def plain_yo(field: str) -> Func:
    """The field with ё written as е, as most people type it."""
    return Func(F(field), Value("ёЁ"), Value("еЕ"), function="translate", output_field=models.TextField())


def search_vector(config: str) -> SearchVector:
    """Questions weigh A, other wordings of them A, answers B."""
    return (
        SearchVector(plain_yo("question"), config=config, weight="A")
        + SearchVector(plain_yo("phrasings"), config=config, weight="A")
        + SearchVector(plain_yo("answer"), config=config, weight="B")
    )


def validate_link(value: str) -> None:
    """Raise ValidationError unless the link is http(s)."""
    try:
        URLValidator(schemes=["http", "https"])(value)
    except ValidationError as error:
        raise ValidationError("Ссылка должна начинаться с http:// или https://.") from error


class KnowledgeArticleQuerySet(models.QuerySet):
    def active(self) -> "KnowledgeArticleQuerySet":
        return self.filter(active=True)

    def speaking(self, language: str) -> "KnowledgeArticleQuerySet":
        return self.filter(language=language)

    def switch(self, *, active: bool) -> int:
        """Switch articles on or off; return how many."""
        return self.update(active=active, updated_at=timezone.now())


class KnowledgeArticle(models.Model):
    """One question of visitors, with the answer the shop gives to it."""

    key = models.SlugField(
        "ключ",
        max_length=80,
        blank=True,
        help_text="Своё имя для импорта: строка с тем же ключом и языком обновит эту статью.",
    )
    language = models.CharField("язык", max_length=2, choices=Language.choices, default=Language.RU)
    question = models.CharField("вопрос", max_length=300)
    phrasings = models.TextField(
        "другие формулировки",
        blank=True,
        help_text="Какими ещё словами об этом спрашивают, по одной в строке. Их читает только поиск.",
    )
    answer = models.TextField("ответ")
    link = models.CharField("ссылка", max_length=500, blank=True, validators=[validate_link])
    active = models.BooleanField(
        "активна", default=True, help_text="Бот отвечает только по активным статьям."
    )
    created_at = models.DateTimeField("создана", auto_now_add=True)
    updated_at = models.DateTimeField("изменена", auto_now=True)
    search = models.GeneratedField(
        expression=Case(
            When(language=Language.EN, then=search_vector(SEARCH_CONFIGS[Language.EN])),
            default=search_vector(SEARCH_CONFIGS[Language.RU]),
            output_field=SearchVectorField(),
        ),
        output_field=SearchVectorField(),
        db_persist=True,
    )

    objects = KnowledgeArticleQuerySet.as_manager()

    class Meta:
        verbose_name = "статья"
        verbose_name_plural = "база знаний"
        ordering = ["language", "question"]
        indexes = [GinIndex(fields=["search"], name="knowledge_search")]
        constraints = [
            models.UniqueConstraint(fields=["language", "question"], name="knowledge_question_unique"),
            models.UniqueConstraint(
                fields=["language", "key"], condition=~Q(key=""), name="knowledge_key_unique"
            ),
            models.CheckConstraint(
                condition=Q(language__in=Language.values), name="knowledge_language_known"
            ),
        ]

    def __str__(self) -> str:
        return self.question
