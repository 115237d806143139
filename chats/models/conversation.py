"""One stretch of a contact's talk: who may speak in it, and what is still to be answered."""

from datetime import datetime, timedelta

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils import timezone


class ConversationQuerySet(models.QuerySet):
    def open(self):
        return self.exclude(state=Conversation.State.CLOSED)

    def waiting(self):
        """Those who wait for an operator, the longest wait first."""
        return self.filter(state=Conversation.State.WAITING).order_by("state_since", "pk")

    def unanswered(self):
        """Those in which the bot still owes an answer, whether somebody is at it or not."""
        return self.filter(Conversation.OWED)

    def answerable(self):
        """Unanswered, due, and with no live lease on them, by the database's clock."""
        return self.unanswered().filter(
            Q(lease_until=None) | Q(lease_until__lt=Now()),
            Q(next_attempt_at=None) | Q(next_attempt_at__lte=Now()),
        )

    def with_human(self):
        """Those in which an operator answers, or is to answer."""
        return self.filter(state__in=[Conversation.State.WAITING, Conversation.State.OPERATOR])

    def held_by(self, channel: str, address: str):
        """Those whose operator's end is this address."""
        return self.filter(
            state=Conversation.State.OPERATOR, operator_channel=channel, operator_address=address
        ).order_by("state_since", "pk")

    def latest_of_contacts(self, contact_ids: list[int]):
        """The open conversation of each contact, or its last one."""
        return self.filter(contact_id__in=contact_ids).order_by("contact_id", "-pk").distinct("contact_id")

    def idle_since(self, moment: datetime):
        return self.open().filter(last_activity_at__lt=moment)


class Conversation(models.Model):
    class State(models.TextChoices):
        BOT = "bot", "отвечает бот"
        WAITING = "waiting", "ждёт оператора"
        OPERATOR = "operator", "отвечает оператор"
        CLOSED = "closed", "закрыт"

    #: True in the database while the bot owes an answer.
    OWED = Q(state=State.BOT, visitor_seq__gt=F("answered_seq"), parked=False)

    contact = models.ForeignKey(
        "chats.Contact", models.PROTECT, related_name="conversations", verbose_name="посетитель"
    )
    character = models.ForeignKey(
        "llm.Character",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="персонаж",
        db_index=False,  # of all but the many that have none; see conversation_of_character
    )
    state = models.CharField("состояние", max_length=10, choices=State.choices, default=State.BOT)
    state_since = models.DateTimeField("в состоянии с", default=timezone.now)
    epoch = models.PositiveIntegerField(
        "эпоха", default=0, help_text="Растёт на единицу при каждой смене состояния"
    )

    visitor_seq = models.PositiveIntegerField("последнее от посетителя", default=0)
    answered_seq = models.PositiveIntegerField("отвечено до", default=0)
    lease_until = models.DateTimeField("аренда до", null=True, blank=True)
    lease_token = models.UUIDField("кто отвечает", null=True, blank=True)
    attempts = models.PositiveSmallIntegerField("попыток ответить", default=0)
    next_attempt_at = models.DateTimeField("следующая попытка", null=True, blank=True)
    parked = models.BooleanField(
        "бот молчит", default=False, help_text="Сообщения хранятся, но бот на них не отвечает"
    )

    operator_channel = models.CharField("канал оператора", max_length=20, blank=True)
    operator_address = models.CharField("адрес оператора", max_length=200, blank=True)
    operator_name = models.CharField("имя оператора", max_length=200, blank=True)

    handoff_reason = models.CharField("почему нужен человек", max_length=20, blank=True)
    handoff_detail = models.TextField("подробности", blank=True)
    draft = models.TextField("черновик бота", blank=True, help_text="Ответ, который посетитель не увидел")
    summary = models.TextField("кратко о чём", blank=True)
    closed_by = models.CharField("кто закрыл", max_length=20, blank=True)

    created_at = models.DateTimeField("начат", auto_now_add=True)
    last_activity_at = models.DateTimeField("последнее сообщение", default=timezone.now)
    closed_at = models.DateTimeField("закрыт", null=True, blank=True)

    objects = ConversationQuerySet.as_manager()

    class Meta:
        verbose_name = "диалог"
        verbose_name_plural = "диалоги"
        constraints = [
            models.UniqueConstraint(
                fields=["contact", "character"],
                condition=~Q(state="closed"),
                nulls_distinct=False,
                name="conversation_one_open_for_contact",
            ),
            models.CheckConstraint(
                condition=(Q(state="operator") & ~Q(operator_address=""))
                | (~Q(state="operator") & Q(operator_address="")),
                name="conversation_operator_end_iff_operator",
            ),
        ]
        indexes = [
            models.Index(
                fields=["id"],
                condition=Q(state="bot", parked=False, visitor_seq__gt=F("answered_seq")),
                name="conversation_unanswered",
            ),
            models.Index(
                fields=["state_since", "id"], condition=Q(state="waiting"), name="conversation_waiting"
            ),
            models.Index(
                fields=["operator_channel", "operator_address"],
                condition=Q(state="operator"),
                name="conversation_operator",
            ),
            models.Index(
                fields=["last_activity_at"], condition=~Q(state="closed"), name="conversation_open_idle"
            ),
            models.Index(fields=["-last_activity_at"], name="conversation_recent"),
            models.Index(
                fields=["character"], condition=Q(character__isnull=False), name="conversation_of_character"
            ),
        ]

    def __str__(self) -> str:
        return f"№{self.pk}"

    @property
    def waited(self) -> timedelta:
        """How long the conversation has been in its present state."""
        return timezone.now() - self.state_since
