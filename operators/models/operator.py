"""A person who answers visitors. An admin lets them in; they themselves go on and off duty."""

from django.db import models
from django.db.models import Q


class OperatorQuerySet(models.QuerySet):
    def approved(self):
        return self.filter(active=True)

    def on_duty(self):
        return self.filter(active=True, on_duty=True)

    def locked(self, operator_id: int) -> "Operator":
        """The operator, locked until the transaction ends. Always taken before a contact's lock.

        It does not stop others from inserting rows that point at the operator.
        """
        return self.select_for_update(no_key=True).get(pk=operator_id)


class Operator(models.Model):
    telegram_id = models.BigIntegerField("id в Telegram", unique=True)
    chat_id = models.BigIntegerField("чат с ботом", unique=True)
    name = models.CharField("имя", max_length=200, help_text="Так оператора видят посетители")
    username = models.CharField("username", max_length=100, blank=True)
    language = models.CharField(
        "язык", max_length=5, default="ru", choices=[("ru", "русский"), ("en", "English")]
    )
    active = models.BooleanField(
        "допущен", default=False, help_text="Без галочки диалоги оператора уходят в очередь"
    )
    on_duty = models.BooleanField("на дежурстве", default=False)
    on_duty_since = models.DateTimeField("на дежурстве с", null=True, blank=True)
    current_conversation = models.ForeignKey(
        "chats.Conversation",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="текущий диалог",
    )
    current_key = models.CharField(
        "чем объявлен текущий",
        max_length=200,
        blank=True,
        editable=False,
        help_text="Ключ отправки, которая сказала оператору, какой диалог теперь текущий",
    )
    created_at = models.DateTimeField("записался", auto_now_add=True)
    approved_at = models.DateTimeField("допущен с", null=True, blank=True)

    objects = OperatorQuerySet.as_manager()

    class Meta:
        verbose_name = "оператор"
        verbose_name_plural = "операторы"
        constraints = [
            models.CheckConstraint(
                condition=Q(on_duty=False) | Q(active=True), name="operator_on_duty_is_approved"
            ),
        ]
        indexes = [models.Index(fields=["id"], condition=Q(on_duty=True), name="operator_on_duty")]

    def __str__(self) -> str:
        return self.name

    @property
    def address(self) -> str:
        """The operator's end of a conversation."""
        return str(self.chat_id)
