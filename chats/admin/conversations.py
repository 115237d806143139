"""Conversations: a list to search in, and a transcript that reads like the chat it was."""

from django.contrib import admin
from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery
from django.http import StreamingHttpResponse
from django.template.loader import render_to_string
from unfold.decorators import action, display

from chats.admin.base import (
    STATE_COLOURS,
    ContactChannelFilter,
    HistoryAdmin,
    channel_name,
    link_to,
    link_to_list,
    shorten,
)
from chats.admin.csv_export import csv_response
from chats.models import Conversation, Delivery, Message

SHOWN = 300  # the last messages of a transcript


class HumanFilter(admin.SimpleListFilter):
    title = "звали человека"
    parameter_name = "human"

    def lookups(self, request, model_admin):
        return [("yes", "да"), ("no", "нет")]

    def queryset(self, request, queryset):
        match self.value():
            case "yes":
                return queryset.exclude(handoff_reason="")
            case "no":
                return queryset.filter(handoff_reason="")
        return queryset


@admin.register(Conversation)
class ConversationAdmin(HistoryAdmin):
    list_display = [
        "number",
        "visitor",
        "channel",
        "state_label",
        "operator_name",
        "last_words",
        "last_activity_at",
    ]
    list_filter = ["state", ContactChannelFilter, HumanFilter, "created_at"]
    list_select_related = ["contact"]
    ordering = ["-last_activity_at"]
    actions = ["export"]
    search_fields = ["contact__name"]
    search_help_text = "Номер, имя или username посетителя, имя оператора, слова из переписки"
    fieldsets = [
        (None, {"fields": ["visitor", "channel", "state", "operator_name", "draft", "created_at", "last_activity_at",
                           "failed_deliveries"]}),
        ("Переписка", {"fields": ["transcript"]}),
        ("Как это хранится", {"classes": ["collapse"], "fields": [
            "character", "state_since", "epoch", "visitor_seq", "answered_seq", "parked", "attempts", "next_attempt_at",
            "lease_until", "handoff_reason", "handoff_detail", "operator_channel", "operator_address", "summary",
            "closed_by", "closed_at"]}),
    ]  # fmt: skip

    def has_export_permission(self, request) -> bool:
        return request.user.has_perm("chats.change_contact")  # as the visitors' own export

    @action(description="Выгрузить CSV", permissions=["export"])
    def export(self, request, queryset: QuerySet[Conversation]) -> StreamingHttpResponse:
        return csv_response(request, queryset)

    def get_queryset(self, request) -> QuerySet[Conversation]:
        last = Message.objects.filter(conversation=OuterRef("pk")).exclude(author=Message.Author.SYSTEM)
        return (
            super()
            .get_queryset(request)
            .annotate(last_text=Subquery(last.order_by("-seq").values("text")[:1]))
        )

    def get_search_results(self, request, queryset, search_term):
        """A number is a conversation's; words are looked for in names first and in what was said."""
        term = search_term.strip().removeprefix("№")
        if not term:
            return queryset, False
        if term.isdigit() and len(term) < 10:
            return queryset.filter(pk=int(term)), False
        said = Message.objects.filter(conversation=OuterRef("pk"), text__icontains=term)
        return queryset.filter(
            Q(contact__name__icontains=term)
            | Q(contact__username__icontains=term.removeprefix("@"))
            | Q(operator_name__icontains=term)
            | Exists(said)
        ), False

    @display(description="№", ordering="pk")
    def number(self, conversation: Conversation) -> str:
        return str(conversation)

    @display(description="посетитель", ordering="contact__name")
    def visitor(self, conversation: Conversation) -> str:
        return link_to(conversation.contact)

    @display(description="канал", ordering="contact__channel")
    def channel(self, conversation: Conversation) -> str:
        return channel_name(conversation.contact.channel)

    @display(description="состояние", ordering="state", label=STATE_COLOURS)
    def state_label(self, conversation: Conversation) -> tuple[str, str]:
        return conversation.state, conversation.get_state_display()

    @display(description="последние слова")
    def last_words(self, conversation: Conversation) -> str:
        return shorten(conversation.last_text or "—", 70)

    @display(description="не доставлено")
    def failed_deliveries(self, conversation: Conversation) -> str:
        count = Delivery.objects.failed().filter(conversation=conversation).count()
        return (
            link_to_list(Delivery, str(count), conversation=conversation.pk, state__exact="failed")
            if count
            else "—"
        )

    @display(description="")
    def transcript(self, conversation: Conversation) -> str:
        messages = Message.objects.latest_of(conversation.pk, SHOWN + 1)
        return render_to_string(
            "admin/chats/transcript.html",
            {
                "messages": messages[-SHOWN:],
                "visitor": conversation.contact.display_name,
                "all": link_to_list(Message, "Показать все сообщения", conversation=conversation.pk)
                if len(messages) > SHOWN
                else "",
            },
        )
