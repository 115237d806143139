"""One call for a human: from the moment the conversation began to wait until the human part of it was over."""

from datetime import timedelta

from django.db import models
from django.db.models import F, Q
from django.utils import timezone


class HandoffQuerySet(models.QuerySet):
    def open(self):
        return self.filter(closed_at=None)

    def unclaimed(self):
        """Those that wait for an operator, the longest wait first."""
        return self.open().filter(claimed_at=None).order_by("requested_at", "pk")

    def claimed(self):
        return self.open().exclude(claimed_at=None)

    def outdated(self):
        """Open, but the conversation has moved on without them."""
        waits = Q(claimed_at=None, conversation__state="waiting", conversation__epoch=F("epoch"))
        talks = Q(
            claimed_at__isnull=False, conversation__state="operator", conversation__epoch=F("epoch") + 1
        )
        return self.open().exclude(waits | talks)


class Handoff(models.Model):
    class Reason(models.TextChoices):
        BUTTON = "button", "посетитель нажал кнопку"
        WORDS = "words", "посетитель попросил словами"
        MODEL = "model", "модель решила позвать человека"
        DRAFT = "draft", "бот признал, что не может помочь"
        LLM_FAILED = "llm_failed", "модель не ответила"
        BUDGET = "budget", "исчерпан бюджет модели"
        TRANSFER = "transfer", "передан коллегой"
        OFF_DUTY = "off_duty", "оператор ушёл с дежурства"
        DISMISSED = "dismissed", "оператор отстранён"
        UNREACHABLE = "unreachable", "до оператора не достучаться"

    class Outcome(models.TextChoices):
        FINISHED = "finished", "оператор завершил"
        BOT = "bot", "возвращён боту"
        PASSED_ON = "passed_on", "передан дальше"
        TAKEN_BACK = "taken_back", "посетитель передумал"
        VISITOR = "visitor", "посетитель закончил"
        IDLE = "idle", "закрыт из-за тишины"

    conversation = models.ForeignKey(
        "chats.Conversation", models.PROTECT, related_name="handoffs", verbose_name="диалог"
    )
    epoch = models.PositiveIntegerField("эпоха", help_text="Эпоха диалога, в которой он стал ждать")
    reason = models.CharField("почему", max_length=20, choices=Reason.choices)
    detail = models.TextField("подробности", blank=True)
    requested_at = models.DateTimeField("запрошен", default=timezone.now)
    claimed_by = models.ForeignKey(
        "operators.Operator",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="handoffs",
        verbose_name="взял",
    )
    claimed_at = models.DateTimeField("взят", null=True, blank=True)
    closed_at = models.DateTimeField("закрыт", null=True, blank=True)
    outcome = models.CharField("чем кончилось", max_length=20, blank=True, choices=Outcome.choices)
    passed_on_by = models.ForeignKey(
        "operators.Operator", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="передал"
    )

    summary = models.TextField("кратко", blank=True)
    summary_tried_at = models.DateTimeField(null=True, blank=True, editable=False)
    reminders = models.PositiveSmallIntegerField("напоминаний", default=0)
    visitor_told_at = models.DateTimeField("сказано, что никого нет", null=True, blank=True)

    objects = HandoffQuerySet.as_manager()

    class Meta:
        verbose_name = "вызов оператора"
        verbose_name_plural = "вызовы оператора"
        constraints = [
            models.UniqueConstraint(
                fields=["conversation"], condition=Q(closed_at=None), name="handoff_one_open_for_conversation"
            ),
            models.UniqueConstraint(fields=["conversation", "epoch"], name="handoff_unique_epoch"),
            models.CheckConstraint(
                condition=Q(claimed_by=None, claimed_at=None)
                | Q(claimed_by__isnull=False, claimed_at__isnull=False),
                name="handoff_claimed_by_somebody",
            ),
            models.CheckConstraint(
                condition=(Q(closed_at=None) & Q(outcome="")) | (Q(closed_at__isnull=False) & ~Q(outcome="")),
                name="handoff_outcome_iff_closed",
            ),
        ]
        indexes = [
            models.Index(
                fields=["requested_at", "id"],
                condition=Q(closed_at=None, claimed_at=None),
                name="handoff_unclaimed",
            ),
            models.Index(fields=["-requested_at"], name="handoff_recent"),
        ]

    def __str__(self) -> str:
        return f"{self.conversation} · {self.get_reason_display()}"

    @property
    def waited(self) -> timedelta:
        """How long the visitor has waited, or did until somebody came or the wait was over."""
        return (self.claimed_at or self.closed_at or timezone.now()) - self.requested_at
