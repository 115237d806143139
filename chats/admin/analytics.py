"""Events of analytics: what waits for Amplitude, what it refused, and how many there were on each day."""

import json
from datetime import timedelta

from django.conf import settings
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from unfold.decorators import action, display

from chats.admin.base import HistoryAdmin, shorten
from chats.analytics.export import retry_parked
from chats.models import AnalyticsEvent

STATE_COLOURS = {"pending": "warning", "sent": "success", "parked": "danger"}
DAYS = 30


@admin.register(AnalyticsEvent)
class AnalyticsEventAdmin(HistoryAdmin):
    list_display = ["created_at", "event", "user_id", "state_label", "why_not"]
    list_filter = ["event", "state", "created_at"]
    ordering = ["-pk"]
    search_fields = ["=user_id"]
    search_help_text = "Кто, целиком"
    actions = ["retry"]
    actions_list = ["by_day"]
    fields = ["event", "user_id", "shown_properties", "insert_id", "state", "error", "created_at", "sent_at"]

    def has_retry_permission(self, request) -> bool:
        return request.user.has_perm("chats.change_analyticsevent")

    @action(description="Выгрузить ещё раз", permissions=["retry"])
    def retry(self, request, queryset: QuerySet[AnalyticsEvent]) -> None:
        count = retry_parked(event_ids=list(queryset.values_list("pk", flat=True)))
        messages.info(request, f"Снова в очереди: {count}.")

    @action(description="По дням", icon="calendar_month", url_path="by-day", permissions=["view"])
    def by_day(self, request: HttpRequest) -> HttpResponse:
        """How many of each event there were on each of the last days, and what waits."""
        context = self.admin_site.each_context(request) | {
            "title": "События по дням",
            "opts": self.opts,
            "table": _table(),
            "pending": AnalyticsEvent.objects.pending().count(),
            "parked": AnalyticsEvent.objects.filter(state=AnalyticsEvent.State.PARKED).count(),
            "has_key": bool(settings.AMPLITUDE_API_KEY),
            "days": DAYS,
            "back": reverse("admin:chats_analyticsevent_changelist"),
        }
        return TemplateResponse(request, "admin/chats/events_by_day.html", context)

    @display(description="состояние", ordering="state", label=STATE_COLOURS)
    def state_label(self, event: AnalyticsEvent) -> tuple[str, str]:
        return event.state, event.get_state_display()

    @display(description="ошибка")
    def why_not(self, event: AnalyticsEvent) -> str:
        return shorten(event.error or "—", 60)

    @display(description="свойства")
    def shown_properties(self, event: AnalyticsEvent) -> str:
        text = json.dumps(event.properties, ensure_ascii=False, indent=2)
        return format_html('<pre class="sb-code">{}</pre>', text)


def _table() -> dict:
    """A row for each day, a column for each event that there was."""
    counts: dict = {}
    for row in AnalyticsEvent.objects.by_day(timezone.now() - timedelta(days=DAYS)):
        counts.setdefault(row["day"], {})[row["name"]] = row["count"]
    names = [name for name in AnalyticsEvent.Name if any(name in day for day in counts.values())]
    return {
        "headers": ["День", *(name.label.capitalize() for name in names)],
        "rows": [[day.strftime("%d.%m.%Y"), *(counts[day].get(name, 0) for name in names)] for day in counts],
    }
