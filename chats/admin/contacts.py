"""Visitors: who they are. Only the name and the language may be put right."""

from django.contrib import admin
from unfold.decorators import display

from chats.admin.base import ChannelFilter, HistoryAdmin, channel_name, link_to_list
from chats.models import Contact, Conversation


@admin.register(Contact)
class ContactAdmin(HistoryAdmin):
    list_display = ["person", "channel_label", "username", "language", "last_seq", "created_at"]
    list_filter = [ChannelFilter, "language", "created_at"]
    ordering = ["-pk"]
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
    ]
    readonly_fields = fields[2:]

    def has_change_permission(self, request, obj=None) -> bool:
        return request.user.has_perm("chats.change_contact")

    def save_model(self, request, obj, form, change) -> None:
        obj.save(update_fields=[*form.changed_data, "updated_at"])

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
