"""The log of calls to language models: what was asked, of whom, at what price."""

from django.db import models


class LLMCallQuerySet(models.QuerySet):
    def of_conversation(self, conversation_id: int) -> "LLMCallQuerySet":
        return self.filter(conversation_id=conversation_id)

    def of_contact(self, contact_id: int) -> "LLMCallQuerySet":
        return self.filter(contact_id=contact_id)

    def since(self, moment) -> "LLMCallQuerySet":
        return self.filter(created_at__gte=moment)


class LLMCall(models.Model):
    """One call to a provider, successful or not. Written once, never changed."""

    class Outcome(models.TextChoices):
        ANSWER = "answer", "ответ"
        HANDOFF = "handoff", "вызов человека"
        FAILED = "failed", "ошибка"
        STOPPED = "stopped", "остановлен"

    provider = models.CharField("провайдер", max_length=32)
    model = models.CharField("модель", max_length=120, blank=True)
    purpose = models.CharField("для чего", max_length=16)
    # Plain numbers: llm stands below chats and does not know its tables.
    conversation_id = models.BigIntegerField("диалог", null=True, blank=True)
    contact_id = models.BigIntegerField("посетитель", null=True, blank=True)
    prompt_tokens = models.PositiveIntegerField("токены запроса", default=0)
    completion_tokens = models.PositiveIntegerField("токены ответа", default=0)
    estimated = models.BooleanField(
        "оценка", default=False, help_text="Провайдер не считает токены: оценка по длине."
    )
    cost = models.DecimalField("стоимость", max_digits=12, decimal_places=6, default=0)
    latency_ms = models.PositiveIntegerField("время, мс", default=0)
    outcome = models.CharField("исход", max_length=16, choices=Outcome.choices)
    error = models.CharField("ошибка", max_length=300, blank=True)
    created_at = models.DateTimeField("когда", auto_now_add=True)

    objects = LLMCallQuerySet.as_manager()

    class Meta:
        verbose_name = "вызов модели"
        verbose_name_plural = "вызовы модели"
        ordering = ["-created_at"]
        indexes = [
            models.Index(fields=["created_at"], name="llm_call_created"),
            models.Index(fields=["conversation_id", "created_at"], name="llm_call_conversation"),
            models.Index(fields=["contact_id", "created_at"], name="llm_call_contact"),
        ]

    def __str__(self) -> str:
        return f"{self.provider} {self.model} {self.outcome}"
