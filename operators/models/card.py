"""Which message offers which handoff to which operator, so that it can be changed when the handoff is gone."""

from django.db import models
from django.db.models import Q


class CardQuerySet(models.QuerySet):
    def open(self):
        """Those that still show a claim button."""
        return self.filter(closed_at=None)


class Card(models.Model):
    handoff = models.ForeignKey(
        "operators.Handoff", models.CASCADE, related_name="cards", verbose_name="вызов"
    )
    operator = models.ForeignKey(
        "operators.Operator", models.PROTECT, related_name="cards", verbose_name="оператор"
    )
    delivery_key = models.CharField("ключ отправки", max_length=200, unique=True)
    created_at = models.DateTimeField("показана", auto_now_add=True)
    closed_at = models.DateTimeField("погашена", null=True, blank=True)

    objects = CardQuerySet.as_manager()

    class Meta:
        verbose_name = "карточка"
        verbose_name_plural = "карточки"
        constraints = [
            models.UniqueConstraint(
                fields=["handoff", "operator"], condition=Q(closed_at=None), name="card_one_open_for_operator"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.handoff_id} → {self.operator_id}"
