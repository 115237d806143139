"""One thing that somebody said. Messages are never changed."""

from django.db import models
from django.db.models import Q
from django.utils import timezone


class MessageQuerySet(models.QuerySet):
    def after(self, contact_id: int, seq: int):
        """The contact's messages later than `seq`, in order."""
        return self.filter(contact_id=contact_id, seq__gt=seq).order_by("seq")

    def latest_of(self, conversation_id: int, count: int) -> list["Message"]:
        """The last `count` messages of a conversation, oldest first, without those whose text was erased."""
        told = self.filter(conversation_id=conversation_id).exclude(text="")
        return list(told.order_by("-seq")[:count])[::-1]


class Message(models.Model):
    class Author(models.TextChoices):
        VISITOR = "visitor", "посетитель"
        BOT = "bot", "бот"
        OPERATOR = "operator", "оператор"
        SYSTEM = "system", "система"

    # Neither has an index of its own: those below begin with it.
    contact = models.ForeignKey(
        "chats.Contact", models.PROTECT, related_name="messages", verbose_name="посетитель", db_index=False
    )
    conversation = models.ForeignKey(
        "chats.Conversation", models.PROTECT, related_name="messages", verbose_name="диалог", db_index=False
    )
    seq = models.PositiveIntegerField("seq")
    author = models.CharField("автор", max_length=10, choices=Author.choices)
    operator_name = models.CharField("имя оператора", max_length=200, blank=True)
    text = models.TextField("текст")
    answers = models.PositiveIntegerField(
        "отвечает на seq",
        null=True,
        blank=True,
        help_text="Последнее сообщение посетителя, на которое отвечает бот",
    )
    client_id = models.UUIDField("id клиента", null=True, blank=True)
    meta = models.JSONField("прочее", default=dict, blank=True)
    created_at = models.DateTimeField("когда", default=timezone.now)

    objects = MessageQuerySet.as_manager()

    class Meta:
        verbose_name = "сообщение"
        verbose_name_plural = "сообщения"
        constraints = [
            models.UniqueConstraint(fields=["contact", "seq"], name="message_unique_seq"),
            models.UniqueConstraint(
                fields=["contact", "client_id"],
                condition=Q(client_id__isnull=False),
                name="message_unique_client_id",
            ),
        ]
        indexes = [models.Index(fields=["conversation", "seq"], name="message_of_conversation")]

    def __str__(self) -> str:
        return f"{self.seq}: {self.text[:40]}"
