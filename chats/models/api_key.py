"""Keys of the webhook service and the messages API: shown once, stored hashed."""

from rest_framework_api_key.models import AbstractAPIKey


class ApiKey(AbstractAPIKey):
    class Meta(AbstractAPIKey.Meta):
        verbose_name = "ключ API"
        verbose_name_plural = "ключи API"
