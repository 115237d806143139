"""Calls for a human: how long people waited, who came, and how it ended."""

from django.contrib import admin
from unfold.admin import TabularInline
from unfold.decorators import display

from chats.admin.base import HistoryAdmin, link_to
from chats.admin.conversations import ConversationAdmin
from operators.models import Handoff

STATE_COLOURS = {"waiting": "warning", "talking": "success", "over": "default"}


class StateFilter(admin.SimpleListFilter):
    title = "состояние"
    parameter_name = "now"

    def lookups(self, request, model_admin):
        return [("waiting", "ждёт оператора"), ("talking", "отвечает оператор"), ("over", "закрыт")]

    def queryset(self, request, queryset):
        match self.value():
            case "waiting":
                return queryset.filter(closed_at=None, claimed_at=None)
            case "talking":
                return queryset.filter(closed_at=None, claimed_at__isnull=False)
            case "over":
                return queryset.filter(closed_at__isnull=False)
        return queryset


class HandoffInline(TabularInline):
    """The calls for a human within one conversation."""

    model = Handoff
    verbose_name_plural = "Вызовы оператора"
    fields = readonly_fields = ["reason", "requested_at", "claimed_by", "claimed_at", "closed_at", "outcome"]
    ordering = ["pk"]
    extra = 0
    can_delete = False
    hide_title = True

    def has_add_permission(self, request, obj=None) -> bool:
        return False

    def has_change_permission(self, request, obj=None) -> bool:
        return False


ConversationAdmin.inlines = [HandoffInline]


@admin.register(Handoff)
class HandoffAdmin(HistoryAdmin):
    list_display = ["in_conversation", "visitor", "now", "reason", "waiting_time", "operator", "requested_at"]
    list_filter = [StateFilter, "reason", "outcome", "claimed_by", "requested_at"]
    list_select_related = ["conversation__contact", "claimed_by"]
    ordering = ["-requested_at"]
    search_fields = ["=conversation__id", "conversation__contact__name", "claimed_by__name"]
    search_help_text = "Номер диалога, имя посетителя или оператора"
    fields = [
        "in_conversation", "visitor", "outcome", "reason", "detail", "summary", "waiting_time", "operator",
        "passed_on_by", "requested_at", "claimed_at", "closed_at", "reminders", "visitor_told_at"
    ]  # fmt: skip

    @display(description="диалог", ordering="conversation")
    def in_conversation(self, handoff: Handoff) -> str:
        return link_to(handoff.conversation)

    @display(description="посетитель", ordering="conversation__contact__name")
    def visitor(self, handoff: Handoff) -> str:
        return link_to(handoff.conversation.contact)

    @display(description="состояние", label=STATE_COLOURS)
    def now(self, handoff: Handoff) -> tuple[str, str]:
        if handoff.closed_at:
            return "over", handoff.get_outcome_display()
        return ("talking", "отвечает оператор") if handoff.claimed_at else ("waiting", "ждёт оператора")

    @display(description="ожидание")
    def waiting_time(self, handoff: Handoff) -> str:
        return as_duration(handoff.waited.total_seconds())

    @display(description="оператор", ordering="claimed_by__name")
    def operator(self, handoff: Handoff) -> str:
        return link_to(handoff.claimed_by)


def as_duration(seconds: float) -> str:
    """How long, to the minute, and to the second below five of them."""
    minutes, rest = divmod(int(seconds), 60)
    if minutes < 5:
        return f"{minutes} мин {rest:02d} с" if minutes else f"{rest} с"
    return f"{minutes} мин" if minutes < 60 else f"{minutes // 60} ч {minutes % 60:02d} мин"
