"""Messages, to be read and searched."""

from django.contrib import admin
from unfold.decorators import display

from chats.admin.base import ContactChannelFilter, HistoryAdmin, link_to, shorten
from chats.models import Message

AUTHOR_COLOURS = {"visitor": "primary", "bot": "info", "operator": "success", "system": "default"}


@admin.register(Message)
class MessageAdmin(HistoryAdmin):
    list_display = ["said", "author_label", "in_conversation", "visitor", "created_at"]
    list_filter = ["author", ContactChannelFilter, "created_at"]
    list_select_related = ["contact", "conversation"]
    ordering = ["-pk"]
    search_fields = ["text", "contact__name", "operator_name"]
    search_help_text = "Слова из сообщения, имя посетителя или оператора"
    fields = [
        "in_conversation", "visitor", "author", "operator_name", "text", "seq", "client_id", "meta", "created_at"
    ]  # fmt: skip

    @display(description="текст")
    def said(self, message: Message) -> str:
        return shorten(message.text)

    @display(description="автор", ordering="author", label=AUTHOR_COLOURS)
    def author_label(self, message: Message) -> tuple[str, str]:
        return message.author, message.operator_name or message.get_author_display()

    @display(description="диалог", ordering="conversation")
    def in_conversation(self, message: Message) -> str:
        return link_to(message.conversation)

    @display(description="посетитель", ordering="contact__name")
    def visitor(self, message: Message) -> str:
        return link_to(message.contact)
