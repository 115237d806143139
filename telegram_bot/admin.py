"""Updates of Telegram: those whose handling failed are kept, and can be handled once more."""

import json

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.utils.html import format_html
from unfold.decorators import action, display

from chats.admin.base import HistoryAdmin, shorten
from telegram_bot import updates
from telegram_bot.models import TelegramUpdate

STATE_COLOURS = {"pending": "warning", "done": "success", "failed": "danger"}


@admin.register(TelegramUpdate)
class TelegramUpdateAdmin(HistoryAdmin):
    list_display = ["update_id", "bot", "kind", "state_label", "attempts", "why_not", "created_at"]
    list_filter = ["state", "created_at"]
    ordering = ["-pk"]
    search_fields = ["=update_id", "error"]
    search_help_text = "update_id целиком или слова из ошибки"
    actions = ["retry"]
    fields = ["bot", "update_id", "kind", "state", "attempts", "error", "created_at", "content"]

    def has_retry_permission(self, request) -> bool:
        return request.user.has_perm("telegram_bot.change_telegramupdate")

    @action(description="Обработать ещё раз", permissions=["retry"])
    def retry(self, request, queryset: QuerySet[TelegramUpdate]) -> None:
        count = updates.retry_failed(update_ids=list(queryset.values_list("pk", flat=True)))
        messages.info(request, f"Обработано: {count}.")

    @display(description="состояние", ordering="state", label=STATE_COLOURS)
    def state_label(self, update: TelegramUpdate) -> tuple[str, str]:
        return update.state, update.get_state_display()

    @display(description="ошибка")
    def why_not(self, update: TelegramUpdate) -> str:
        return shorten(update.error or "—", 60)

    @display(description="содержимое")
    def content(self, update: TelegramUpdate) -> str:
        data = json.dumps(update.data, ensure_ascii=False, indent=2) if update.data else "—"
        return format_html('<pre class="sb-code">{}</pre>', data[:20_000])
