from django.apps import AppConfig


class OperatorsConfig(AppConfig):
    name = "operators"
    verbose_name = "Операторы"

    def ready(self) -> None:
        from operators import receivers  # noqa: F401 - connects them
