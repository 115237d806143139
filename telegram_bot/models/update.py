"""What Telegram has sent: one row for each update, so that a redelivered one changes nothing."""

from datetime import datetime

from django.db import models
from django.db.models import Q
from django.utils import timezone


class TelegramUpdateQuerySet(models.QuerySet):
    def failed(self):
        return self.filter(state=TelegramUpdate.State.FAILED)

    def unsettled(self):
        """Those whose effects are not in the database yet."""
        return self.filter(state=TelegramUpdate.State.PENDING)

    def received_before(self, moment: datetime):
        return self.filter(created_at__lt=moment)


class TelegramUpdate(models.Model):
    class State(models.TextChoices):
        PENDING = "pending", "повторится"
        DONE = "done", "обработано"
        FAILED = "failed", "не удалось"

    bot = models.CharField("бот", max_length=20)
    update_id = models.BigIntegerField("update_id")
    kind = models.CharField("вид", max_length=40, blank=True)
    state = models.CharField("состояние", max_length=10, choices=State.choices, default=State.PENDING)
    attempts = models.PositiveSmallIntegerField("неудач", default=0)
    error = models.TextField("ошибка", blank=True)
    data = models.JSONField(
        "содержимое", null=True, blank=True, help_text="Хранится только у того, что не удалось"
    )
    created_at = models.DateTimeField("получено", default=timezone.now)

    objects = TelegramUpdateQuerySet.as_manager()

    class Meta:
        verbose_name = "обновление Telegram"
        verbose_name_plural = "обновления Telegram"
        constraints = [models.UniqueConstraint(fields=["bot", "update_id"], name="telegram_update_once")]
        indexes = [
            models.Index(fields=["created_at"], name="telegram_update_age"),
            models.Index(fields=["-created_at"], condition=Q(state="failed"), name="telegram_update_failed"),
        ]

    def __str__(self) -> str:
        return f"{self.bot} {self.update_id}"
