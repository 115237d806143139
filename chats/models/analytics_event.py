"""What has happened, for Amplitude: written in the transaction of the fact, exported later."""

import uuid
from datetime import datetime

from django.db import models
from django.db.models import Count, Q
from django.db.models.functions import Now, TruncDate
from django.utils import timezone


class AnalyticsEventQuerySet(models.QuerySet):
    def pending(self):
        return self.filter(state=AnalyticsEvent.State.PENDING)

    def due(self):
        """Pending, and no exporter is at them."""
        return self.pending().filter(Q(lease_until=None) | Q(lease_until__lt=Now()))

    def by_day(self, since: datetime):
        """How many of each event there were on each day: rows of day, event and count, the latest day first."""
        return (
            self.filter(created_at__gte=since)
            .order_by()
            .values(day=TruncDate("created_at"), name=models.F("event"))
            .annotate(count=Count("pk"))
            .order_by("-day", "name")
        )


class AnalyticsEvent(models.Model):
    class Name(models.TextChoices):
        REGISTERED = "registered", "зарегистрировался"
        CHARACTER_CHOSEN = "character chosen", "выбрал персонажа"
        REQUEST_SENT = "request sent", "отправил запрос"
        RESPONSE_RECEIVED = "response received", "получен ответ модели"
        REPLY_DELIVERED = "reply delivered", "ответ доставлен"
        HANDOFF_REQUESTED = "handoff requested", "понадобился человек"
        HANDOFF_CLAIMED = "handoff claimed", "оператор взял диалог"
        CONVERSATION_CLOSED = "conversation closed", "диалог закрыт"

    class State(models.TextChoices):
        PENDING = "pending", "ждёт выгрузки"
        SENT = "sent", "выгружено"
        PARKED = "parked", "не принято"

    event = models.CharField("событие", max_length=40, choices=Name.choices)
    user_id = models.CharField("кто", max_length=100)
    properties = models.JSONField("свойства", default=dict, blank=True)
    insert_id = models.UUIDField("insert_id", default=uuid.uuid4, unique=True, editable=False)
    state = models.CharField("состояние", max_length=10, choices=State.choices, default=State.PENDING)
    lease_until = models.DateTimeField("аренда до", null=True, blank=True)
    lease_token = models.UUIDField("кто выгружает", null=True, blank=True)
    error = models.TextField("ошибка", blank=True)
    created_at = models.DateTimeField("когда", default=timezone.now)
    sent_at = models.DateTimeField("выгружено", null=True, blank=True)

    objects = AnalyticsEventQuerySet.as_manager()

    class Meta:
        verbose_name = "событие"
        verbose_name_plural = "события"
        indexes = [
            models.Index(fields=["id"], condition=Q(state="pending"), name="analytics_event_pending"),
            models.Index(fields=["created_at", "event"], name="analytics_event_day"),
        ]

    def __str__(self) -> str:
        return f"{self.event} ({self.user_id})"
