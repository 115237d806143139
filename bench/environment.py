"""What the processes under test are started with, whoever starts them."""

from pathlib import Path

from config.embedded import Services

SECRET = "for-benches-only"
TOKENS = {
    "TELEGRAM_SUPPORT_BOT_TOKEN": "1000001:sandbox-support",
    "TELEGRAM_OPERATOR_BOT_TOKEN": "1000002:sandbox-operators",
    "TELEGRAM_CHARACTER_BOT_TOKEN": "",
}


def environment(
    folder: Path, services: Services, *, port: int, stream_port: int, llm_port: int, bot_api: str
) -> dict[str, str]:
    """A desk with a fake LLM and the sandbox, whose limits nobody reaches."""
    return {
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "DJANGO_SECRET_KEY": SECRET,
        "DEBUG": "0",
        "ALLOWED_HOSTS": "*",
        "PORT": str(port),
        "STREAM_PORT": str(stream_port),
        "PUBLIC_URL": f"http://127.0.0.1:{port}",
        "DATABASE_URL": services.database_url,
        "REDIS_URL": services.redis_url,
        "LLM_PROVIDER": "openai",
        "OPENAI_API_KEY": SECRET,
        "OPENAI_BASE_URL": f"http://127.0.0.1:{llm_port}/v1",
        "LLM_CONVERSATION_TOKENS": "0",
        "LLM_VISITOR_DAY_TOKENS": "0",
        "TELEGRAM_MODE": "webhook",
        "TELEGRAM_API_URL": bot_api,
        "TELEGRAM_WEBHOOK_SECRET": SECRET,
        **TOKENS,
        "LIMIT_MESSAGES_TOKEN": "1000000/minute",
        "LIMIT_MESSAGES_ADDRESS": "1000000/minute",
        "LIMIT_NEW_VISITORS": "1000000/minute",
        "QUEUED_MESSAGES": "0",
        "STREAMS_PER_ADDRESS": "0",
        "STATIC_ROOT": str(folder / "static"),
        "MEDIA_ROOT": str(folder / "media"),
        "PROMETHEUS_MULTIPROC_DIR": str(folder / "metrics"),
        "CELERY_BEAT_SCHEDULE_FILENAME": str(folder / "celerybeat-schedule"),
    }


def close_database() -> None:
    """Gives back the connections of this process, before the database goes."""
    from django.db import connections

    for connection in connections.all(initialized_only=True):
        connection.close_pool()
