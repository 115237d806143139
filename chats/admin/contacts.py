"""Visitors: who they are. Only the name and the language may be put right; all of it can be handed over or erased."""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpResponse
from unfold.decorators import action, display

from chats.admin.base import ChannelFilter, HistoryAdmin, channel_name, link_to_list
from chats.admin.erasing import erase_page, export_file
from chats.models import Contact, Conversation


@admin.register(Contact)
class ContactAdmin(HistoryAdmin):
    list_display = ["person", "channel_label", "username", "language", "last_seq", "created_at"]
    list_filter = [ChannelFilter, "language", "created_at"]
    ordering = ["-pk"]
    actions = ["export", "erase"]
    search_fields = ["name", "username", "=external_id"]
    search_help_text = "Имя, username или внешний id целиком"
    fields = [
        "name",
        "language",
        "channel_label",
        "username",
        "external_id",
        "conversations",
        "last_seq",
        "meta",
        "erased_at",
    ]
    readonly_fields = fields[2:]

    def has_change_permission(self, request, obj=None) -> bool:
        return request.user.has_perm("chats.change_contact") and not (obj and obj.erased_at)

    def has_export_permission(self, request) -> bool:
        return request.user.has_perm("chats.change_contact")

    def has_erase_permission(self, request) -> bool:
        return request.user.has_perm("chats.delete_contact")

    def save_model(self, request, obj, form, change) -> None:
        obj.save(update_fields=[*form.changed_data, "updated_at"])

    @action(description="Выгрузить данные (JSON)", permissions=["export"])
    def export(self, request, queryset: QuerySet[Contact]) -> HttpResponse:
        return export_file(request, queryset)

    @action(description="Стереть данные", permissions=["erase"])
    def erase(self, request, queryset: QuerySet[Contact]) -> HttpResponse | None:
        return erase_page(self, request, queryset)

    @display(description="посетитель", ordering="name")
    def person(self, contact: Contact) -> str:
        return contact.display_name

    @display(description="канал", ordering="channel")
    def channel_label(self, contact: Contact) -> str:
        return channel_name(contact.channel)

    @display(description="диалоги")
    def conversations(self, contact: Contact) -> str:
        count = Conversation.objects.filter(contact=contact).count()
        return link_to_list(Conversation, f"Показать: {count}", contact=contact.pk)
