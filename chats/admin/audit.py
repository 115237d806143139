"""The audit trail: what admins have done, and when. Nobody can change it here."""

from django.contrib import admin
from django.contrib.admin.models import LogEntry
from unfold.decorators import display

from chats.admin.base import HistoryAdmin, shorten

FLAGS = {1: ("added", "добавление"), 2: ("changed", "изменение"), 3: ("deleted", "удаление")}
COLOURS = {"added": "success", "changed": "info", "deleted": "danger"}


@admin.register(LogEntry)
class LogEntryAdmin(HistoryAdmin):
    list_display = ["action_time", "user", "flag", "what", "told"]
    list_filter = ["action_flag", "action_time"]
    list_select_related = ["user", "content_type"]
    ordering = ["-pk"]
    search_fields = ["user__username", "object_repr", "change_message"]
    search_help_text = "Кто, с чем или что сделал"
    fields = ["action_time", "user", "flag", "what", "object_id", "told"]

    @display(description="действие", ordering="action_flag", label=COLOURS)
    def flag(self, entry: LogEntry) -> tuple[str, str]:
        return FLAGS[entry.action_flag]

    @display(description="с чем")
    def what(self, entry: LogEntry) -> str:
        kind = entry.content_type.name if entry.content_type else "—"
        return f"{kind}: {shorten(entry.object_repr, 60)}"

    @display(description="подробности")
    def told(self, entry: LogEntry) -> str:
        return entry.get_change_message() or "—"
