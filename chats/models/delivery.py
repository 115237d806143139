"""The outbox: one row for each thing that leaves the system."""

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Now


class DeliveryQuerySet(models.QuerySet):
    def pending(self):
        return self.filter(state=Delivery.State.PENDING)

    def failed(self):
        return self.filter(state=Delivery.State.FAILED)

    def due(self):
        """Pending, its time has come, and nobody is sending it, by the database's clock."""
        return self.pending().filter(
            Q(lease_until=None) | Q(lease_until__lt=Now()), next_attempt_at__lte=Now()
        )

    def next_in_line(self):
        """Due, and the oldest pending one of its address: what can be sent right now."""
        earlier = Delivery.objects.pending().filter(
            channel=OuterRef("channel"), address=OuterRef("address"), pk__lt=OuterRef("pk")
        )
        return self.due().filter(~Exists(earlier))


class Delivery(models.Model):
    class State(models.TextChoices):
        PENDING = "pending", "ждёт отправки"
        SENT = "sent", "отправлено"
        FAILED = "failed", "не удалось"

    channel = models.CharField("канал", max_length=20)
    address = models.CharField("адрес", max_length=200)
    payload = models.JSONField("содержимое")
    dedupe_key = models.CharField("ключ", max_length=200, unique=True)
    conversation = models.ForeignKey(
        "chats.Conversation",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="deliveries",
        verbose_name="диалог",
    )
    message = models.ForeignKey(
        "chats.Message",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="deliveries",
        verbose_name="сообщение",
    )
    state = models.CharField("состояние", max_length=10, choices=State.choices, default=State.PENDING)
    attempts = models.PositiveSmallIntegerField("попыток", default=0)
    next_attempt_at = models.DateTimeField("следующая попытка", db_default=Now())
    lease_until = models.DateTimeField("аренда до", null=True, blank=True)
    lease_token = models.UUIDField("кто отправляет", null=True, blank=True)
    external_id = models.CharField("id у получателя", max_length=100, blank=True)
    error = models.TextField("ошибка", blank=True)
    created_at = models.DateTimeField("создано", auto_now_add=True)
    sent_at = models.DateTimeField("отправлено", null=True, blank=True)

    objects = DeliveryQuerySet.as_manager()

    class Meta:
        verbose_name = "отправка"
        verbose_name_plural = "отправки"
        indexes = [
            models.Index(
                fields=["channel", "address", "id"], condition=Q(state="pending"), name="delivery_pending"
            ),
            models.Index(fields=["next_attempt_at"], condition=Q(state="pending"), name="delivery_due"),
            models.Index(
                fields=["channel", "address", "external_id"],
                condition=Q(state="sent"),
                name="delivery_external_id",
            ),
            models.Index(fields=["-created_at"], condition=Q(state="failed"), name="delivery_failed"),
        ]

    def __str__(self) -> str:
        return f"{self.channel} → {self.address[:40]}"
