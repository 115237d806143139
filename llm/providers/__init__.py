from functools import cache

from django.conf import settings

from llm.providers.base import Provider
from llm.providers.offline import OfflineProvider

__all__ = ["get_provider"]


def get_provider() -> Provider:
    """Return the provider the settings name; one for the process, safe to share between threads."""
    if settings.LLM_PROVIDER == "openai":
        return _openai(
            settings.OPENAI_API_KEY,
            settings.OPENAI_BASE_URL,
            settings.OPENAI_MODEL,
            frozenset(settings.OPENAI_CAPABILITIES),
        )
    if settings.LLM_PROVIDER == "yandexgpt":
        return _yandexgpt(
            settings.YANDEX_API_KEY,
            settings.YANDEX_FOLDER_ID,
            settings.YANDEX_BASE_URL,
            settings.YANDEX_MODEL,
        )
    return OfflineProvider()


@cache
def _openai(key: str, base_url: str, model: str, able: frozenset[str]) -> Provider:
    from llm.providers.openai_compatible import OpenAICompatibleProvider

    return OpenAICompatibleProvider(key=key, base_url=base_url, model=model, able=able)


@cache
def _yandexgpt(key: str, folder: str, base_url: str, model: str) -> Provider:
    from llm.providers.yandexgpt import YandexGPTProvider

    return YandexGPTProvider(key=key, folder=folder, base_url=base_url, model=model)
