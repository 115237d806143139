"""Deliveries: what has left, what waits, and what failed and can be sent again."""

import json

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.utils.html import format_html
from unfold.decorators import action, display

from chats import outbox
from chats.admin.base import ChannelFilter, HistoryAdmin, channel_name, link_to, shorten
from chats.models import Delivery

STATE_COLOURS = {"pending": "warning", "sent": "success", "failed": "danger"}


@admin.register(Delivery)
class DeliveryAdmin(HistoryAdmin):
    list_display = ["what", "state_label", "to", "in_conversation", "attempts", "why_not", "created_at"]
    list_filter = ["state", ChannelFilter, "created_at"]
    list_select_related = ["conversation"]
    ordering = ["-pk"]
    search_fields = ["=address", "error", "=dedupe_key"]
    search_help_text = "Адрес целиком, ключ целиком или слова из ошибки"
    actions = ["retry"]
    fields = [
        "state", "to", "in_conversation", "error", "attempts", "next_attempt_at", "created_at", "sent_at",
        "external_id", "dedupe_key", "content"
    ]  # fmt: skip

    def has_retry_permission(self, request) -> bool:
        return request.user.has_perm("chats.change_delivery")

    @action(description="Отправить ещё раз", permissions=["retry"])
    def retry(self, request, queryset: QuerySet[Delivery]) -> None:
        count = outbox.retry_failed(delivery_ids=list(queryset.values_list("pk", flat=True)))
        messages.info(request, f"Отправляем снова: {count}. Остальное из выбранного не было потеряно.")

    @display(description="что")
    def what(self, delivery: Delivery) -> str:
        params = delivery.payload.get("params", delivery.payload)
        text = params.get("text") or params.get("caption") or ""
        return shorten(f"{delivery.payload.get('method', 'POST')} {text}", 60)

    @display(description="состояние", ordering="state", label=STATE_COLOURS)
    def state_label(self, delivery: Delivery) -> tuple[str, str]:
        return delivery.state, delivery.get_state_display()

    @display(description="кому", ordering="address")
    def to(self, delivery: Delivery) -> str:
        return f"{channel_name(delivery.channel)}: {shorten(delivery.address, 40)}"

    @display(description="диалог", ordering="conversation")
    def in_conversation(self, delivery: Delivery) -> str:
        return link_to(delivery.conversation)

    @display(description="ошибка")
    def why_not(self, delivery: Delivery) -> str:
        return shorten(delivery.error or "—", 60)

    @display(description="содержимое")
    def content(self, delivery: Delivery) -> str:
        payload = json.dumps(delivery.payload, ensure_ascii=False, indent=2)
        return format_html('<pre class="sb-code">{}</pre>', payload[:20_000])
