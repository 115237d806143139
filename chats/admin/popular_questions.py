"""The questions that the widget offers before the first message."""

from django.contrib import admin
from unfold.admin import ModelAdmin

from chats.models import PopularQuestion


@admin.register(PopularQuestion)
class PopularQuestionAdmin(ModelAdmin):
    list_display = ["text", "language", "order", "active"]
    list_editable = ["order", "active"]
    list_filter = ["language", "active"]
    list_fullwidth = True
    search_fields = ["text"]
