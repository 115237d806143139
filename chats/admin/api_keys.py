"""Keys of the webhook service and the messages API: a new one is shown once, and never again."""

from django.contrib import admin, messages
from rest_framework_api_key.models import APIKey as LibrarysOwnKey
from unfold.admin import ModelAdmin

from chats.models import ApiKey

admin.site.unregister(LibrarysOwnKey)  # another table: its keys would open nothing here


@admin.register(ApiKey)
class ApiKeyAdmin(ModelAdmin):
    list_display = ["name", "prefix", "created", "expiry_date", "revoked"]
    list_filter = ["revoked"]
    list_fullwidth = True
    search_fields = ["name", "prefix"]
    search_help_text = "Название или начало ключа"
    fields = ["name", "prefix", "expiry_date", "revoked"]

    def get_readonly_fields(self, request, obj: ApiKey | None = None) -> list[str]:
        return ["prefix", "revoked", "expiry_date"] if obj and obj.revoked else ["prefix"]

    def has_delete_permission(self, request, obj=None) -> bool:
        return False  # dialogues belong to it: revoke it instead

    def save_model(self, request, obj: ApiKey, form, change) -> None:
        if change:
            obj.save(update_fields=form.changed_data)
            return
        key = ApiKey.objects.assign_key(obj)
        obj.save()
        messages.warning(request, f"Ключ «{obj.name}»: {key} — сохраните его, больше он показан не будет.")
