"""Operators: who applies, who is let in, who is on duty. Every change of that goes through the domain."""

from collections.abc import Callable

from django.contrib import admin, messages
from django.db.models import CharField, Count, OuterRef, QuerySet, Subquery
from django.db.models.functions import Cast, Coalesce
from django.http import HttpRequest
from unfold.admin import ModelAdmin
from unfold.decorators import action, display

from chats import audit
from chats.models import Conversation
from operators import duty
from operators.models import Operator
from operators.screen import CHANNEL


@admin.register(Operator)
class OperatorAdmin(ModelAdmin):
    list_display = ["name", "telegram", "active", "duty_label", "held_count", "created_at"]
    list_editable = ["active"]
    list_filter = ["active", "on_duty"]
    list_fullwidth = True
    ordering = ["active", "-on_duty", "-created_at"]
    search_fields = ["name", "username", "=telegram_id"]
    search_help_text = "Имя, username или id в Telegram"
    actions = ["let_in", "dismiss"]
    fields = ["name", "active", "language", "telegram", "on_duty", "held_count", "created_at", "approved_at"]
    readonly_fields = fields[3:]

    def get_queryset(self, request) -> QuerySet[Operator]:
        held = Conversation.objects.filter(
            state=Conversation.State.OPERATOR,
            operator_channel=CHANNEL,
            operator_address=Cast(OuterRef("chat_id"), CharField()),
        )
        count = held.order_by().values("operator_address").annotate(count=Count("pk")).values("count")
        return super().get_queryset(request).annotate(held=Coalesce(Subquery(count), 0))

    def has_add_permission(self, request) -> bool:
        return False  # people apply by pressing Start in the operator bot

    def has_delete_permission(self, request, obj=None) -> bool:
        return False  # their names stand in the history

    def save_model(self, request, obj: Operator, form, change) -> None:
        """Letting in and dismissing move conversations and tell people, so that a tick is more than a field."""
        plain = [field for field in form.changed_data if field != "active"]
        if plain:
            obj.save(update_fields=plain)
        if "active" in form.changed_data:
            (duty.approve if obj.active else duty.dismiss)(operator_ids=[obj.pk])

    def construct_change_message(self, request, form, formsets, add=False) -> list[dict] | str:
        """The audit trail says in words whether somebody was let in or dismissed by the tick."""
        if "active" in form.changed_data:
            return "Допущен к работе." if form.cleaned_data["active"] else "Отстранён."
        return super().construct_change_message(request, form, formsets, add)

    @action(description="Допустить к работе", permissions=["change"])
    def let_in(self, request, queryset: QuerySet[Operator]) -> None:
        count = _act(request, queryset.filter(active=False), duty.approve, "Допущен к работе.")
        messages.success(request, f"Допущено: {count}. Бот написал им, что можно выходить на дежурство.")

    @action(description="Отстранить", permissions=["change"])
    def dismiss(self, request, queryset: QuerySet[Operator]) -> None:
        count = _act(request, queryset.filter(active=True), duty.dismiss, "Отстранён.")
        messages.success(request, f"Отстранено: {count}. Их диалоги вернулись в очередь.")

    @display(description="Telegram", ordering="username")
    def telegram(self, operator: Operator) -> str:
        return f"@{operator.username}" if operator.username else str(operator.telegram_id)

    @display(
        description="дежурство",
        ordering="on_duty",
        label={"on": "success", "off": "default", "new": "warning"},
    )
    def duty_label(self, operator: Operator) -> tuple[str, str]:
        if operator.on_duty:
            return "on", "на дежурстве"
        if operator.active:
            return "off", "не на дежурстве"
        return ("off", "отстранён") if operator.approved_at else ("new", "ждёт допуска")

    @display(description="диалогов", ordering="held")
    def held_count(self, operator: Operator) -> int:
        return operator.held


def _act(request: HttpRequest, queryset: QuerySet[Operator], act: Callable[..., int], what: str) -> int:
    """Does it with those whom it concerns, and writes down who did."""
    operators = list(queryset)
    count = act(operator_ids=[operator.pk for operator in operators])
    audit.note(user_id=request.user.pk, rows=operators, what=what)
    return count
