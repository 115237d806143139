"""What an operator typed: to whom it went, or that its addressee is being asked for."""

from datetime import datetime

from django.db import models
from django.db.models import Q
from django.utils import timezone


class OperatorTextQuerySet(models.QuerySet):
    def held(self):
        """Those that wait until the operator says whom they are for."""
        return self.filter(state=OperatorText.State.HELD)

    def held_before(self, moment: datetime):
        return self.held().filter(created_at__lt=moment)


class OperatorText(models.Model):
    class State(models.TextChoices):
        HELD = "held", "спрошен адресат"
        SENT = "sent", "отправлен"
        REFUSED = "refused", "не отправлен"
        DROPPED = "dropped", "отменён"
        EXPIRED = "expired", "срок вышел"

    operator = models.ForeignKey(
        "operators.Operator", models.PROTECT, related_name="texts", verbose_name="оператор"
    )
    source_id = models.BigIntegerField("id сообщения в чате оператора")
    text = models.TextField(
        "текст", blank=True, help_text="Только пока спрошен адресат: отправленный лежит в сообщении"
    )
    state = models.CharField("состояние", max_length=10, choices=State.choices)
    conversation = models.ForeignKey(
        "chats.Conversation", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="диалог"
    )
    message = models.OneToOneField(
        "chats.Message", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="сообщение"
    )
    ask_key = models.CharField("ключ вопроса", max_length=200, blank=True)
    created_at = models.DateTimeField("когда", default=timezone.now)

    objects = OperatorTextQuerySet.as_manager()

    class Meta:
        verbose_name = "текст оператора"
        verbose_name_plural = "тексты операторов"
        constraints = [
            models.UniqueConstraint(fields=["operator", "source_id"], name="operator_text_once"),
            models.CheckConstraint(
                condition=(Q(state="sent") & Q(message__isnull=False)) | (~Q(state="sent") & Q(message=None)),
                name="operator_text_sent_iff_message",
            ),
        ]
        indexes = [models.Index(fields=["created_at"], condition=Q(state="held"), name="operator_text_held")]

    def __str__(self) -> str:
        return f"{self.source_id}: {self.get_state_display()}"
