"""What the pages of the engine share."""

from django.conf import settings
from django.contrib import admin
from django.core.paginator import Paginator
from django.db.models import Model
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.html import format_html
from django.utils.safestring import SafeString
from unfold.admin import ModelAdmin

CHANNEL_NAMES = {
    "web": "Сайт",
    "telegram": "Telegram",
    "operator": "Бот операторов",
    "character": "Персонажи",
    "webhook": "Вебхук",
    "api": "API",
}
#: Colours of labels, as Unfold calls them.
STATE_COLOURS = {"bot": "info", "waiting": "warning", "operator": "success", "closed": "default"}


class BoundedPaginator(Paginator):
    """Counts no further than anybody turns pages: counting millions of rows takes seconds."""

    COUNTED = 10_000

    @cached_property
    def count(self) -> int:
        return self.object_list.order_by()[: self.COUNTED].count()


class HistoryAdmin(ModelAdmin):
    """A page on which history is read: nothing is added, changed or deleted, and no list counts a whole table."""

    actions_on_top = True
    list_fullwidth = True
    list_per_page = 50
    paginator = BoundedPaginator
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER

    def has_add_permission(self, request, obj=None) -> bool:
        return False

    def has_change_permission(self, request, obj=None) -> bool:
        return False

    def has_delete_permission(self, request, obj=None) -> bool:
        return False


class ChannelFilter(admin.SimpleListFilter):
    """The channels of settings.CHANNELS: asking the table which ones it has would read all of it."""

    title = "канал"
    parameter_name = "channel"
    field = "channel"

    def lookups(self, request, model_admin):
        return [(name, channel_name(name)) for name in settings.CHANNELS]

    def queryset(self, request, queryset):
        return queryset.filter(**{self.field: self.value()}) if self.value() else queryset


class ContactChannelFilter(ChannelFilter):
    field = "contact__channel"


def channel_name(channel: str) -> str:
    """The channel as people call it."""
    return CHANNEL_NAMES.get(channel, channel)


def link_to(row: Model | None, text: str = "") -> str | SafeString:
    """A link to the page of a row."""
    if row is None:
        return "—"
    url = reverse(f"admin:{row._meta.app_label}_{row._meta.model_name}_change", args=[row.pk])
    return format_html('<a href="{}" class="sb-link">{}</a>', url, text or row)


def link_to_list(model: type[Model], text: str, **query) -> SafeString:
    """A link to a filtered list."""
    url = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist", query=query)
    return format_html('<a href="{}" class="sb-link">{}</a>', url, text)


def shorten(text: str, room: int = 90) -> str:
    """The text in one line of a list."""
    line = " ".join(text[: room * 2].split())
    return line if len(line) <= room else f"{line[: room - 1]}…"
