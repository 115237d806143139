"""Questions that the widget offers before the first message."""

from django.db import models


class PopularQuestion(models.Model):
    text = models.CharField("вопрос", max_length=200)
    language = models.CharField(
        "язык", max_length=5, default="ru", choices=[("ru", "русский"), ("en", "English")]
    )
    order = models.PositiveSmallIntegerField("порядок", default=0)
    active = models.BooleanField("показывать", default=True)

    class Meta:
        verbose_name = "популярный вопрос"
        verbose_name_plural = "популярные вопросы"
        ordering = ["order", "pk"]
        constraints = [models.UniqueConstraint(fields=["language", "text"], name="popular_question_unique")]

    def __str__(self) -> str:
        return self.text
