"""Every setting, read once from the environment (and `.env`). A bad value stops the start with its name."""

import os
import re
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from urllib.parse import urlsplit

import dj_database_url
from celery.schedules import crontab
from django.core.exceptions import ImproperlyConfigured
from environs import Env, EnvError, validate

from config import navigation, validators

BASE_DIR = Path(__file__).resolve().parent.parent
LOCAL_DIR = BASE_DIR / ".local"

env = Env(eager=False)
env.read_env(BASE_DIR / ".env", recurse=False)

# --- The process -----------------------------------------------------------------------------------------------------

DEBUG = env.bool("DEBUG", False)
PORT = env.int("PORT", 8000, validate=validate.Range(1, 65535))
STREAM_PORT = env.int("STREAM_PORT", 8001, validate=validate.Range(1, 65535))
SANDBOX_PORT = env.int("SANDBOX_PORT", (STREAM_PORT or 8001) + 1, validate=validate.Range(1, 65535))
SECRET_KEY = env.str("DJANGO_SECRET_KEY", "")
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", ["*"] if DEBUG else ["localhost", "127.0.0.1"])
PUBLIC_URL = env.str("PUBLIC_URL", f"http://127.0.0.1:{PORT}").rstrip("/")
STREAM_URL = env.str("STREAM_URL", "").rstrip("/")  # empty: the page's own host (with DEBUG at STREAM_PORT)
WIDGET_ORIGINS = env.list("WIDGET_ORIGINS", ["*"])
TRUSTED_PROXIES = env.int("TRUSTED_PROXIES", 0, validate=validate.Range(0, 5))  # they set X-Forwarded-For
DATABASE_URL = env.str("DATABASE_URL", "")
REDIS_URL = env.str("REDIS_URL", "")

# --- The LLM ---------------------------------------------------------------------------------------------------------

OPENAI_API_KEY = env.str("OPENAI_API_KEY", "")
OPENAI_BASE_URL = env.str("OPENAI_BASE_URL", "")
OPENAI_MODEL = env.str("OPENAI_MODEL", "gpt-4o-mini")
OPENAI_CAPABILITIES = env.list("OPENAI_CAPABILITIES", ["tools", "usage", "streaming"])
YANDEX_API_KEY = env.str("YANDEX_API_KEY", "")
YANDEX_FOLDER_ID = env.str("YANDEX_FOLDER_ID", "")
YANDEX_BASE_URL = env.str("YANDEX_BASE_URL", "https://llm.api.cloud.yandex.net")
YANDEX_MODEL = env.str("YANDEX_MODEL", "yandexgpt/latest")
LLM_PROVIDER = env.str(
    "LLM_PROVIDER",
    "openai" if OPENAI_API_KEY or OPENAI_BASE_URL else "yandexgpt" if YANDEX_API_KEY else "offline",
    validate=validate.OneOf(["openai", "yandexgpt", "offline"]),
)
LLM_DEADLINE_SECONDS = env.float(
    "LLM_DEADLINE_SECONDS", 40.0, validate=validate.Range(min=0.1)
)  # over all tries
LLM_STALL_SECONDS = env.float(
    "LLM_STALL_SECONDS", 15.0, validate=validate.Range(min=0.1)
)  # of silence end a try
LLM_SUMMARY_SECONDS = env.float("LLM_SUMMARY_SECONDS", 4.0, validate=validate.Range(min=0.1))
LLM_MAX_ANSWER_TOKENS = env.int("LLM_MAX_ANSWER_TOKENS", 1500, validate=validate.Range(16, 100_000))
LLM_PRICES = env.json("LLM_PRICES", {"gpt-4o-mini": [0.15, 0.6]})  # model: a million prompt and answer tokens
LLM_CURRENCY = env.str("LLM_CURRENCY", "USD")
LLM_CONVERSATION_TOKENS = env.int(
    "LLM_CONVERSATION_TOKENS", 150_000, validate=validate.Range(min=0)
)  # caps; 0: none
LLM_VISITOR_DAY_TOKENS = env.int("LLM_VISITOR_DAY_TOKENS", 300_000, validate=validate.Range(min=0))
LLM_SITE_DAY_TOKENS = env.int("LLM_SITE_DAY_TOKENS", 0, validate=validate.Range(min=0))
LLM_SITE_DAY_COST = env.decimal("LLM_SITE_DAY_COST", Decimal(10), validate=validate.Range(min=0))
LLM_BREAKER_FAILURES = env.int(
    "LLM_BREAKER_FAILURES", 5, validate=validate.Range(min=1)
)  # in a minute open it
LLM_BREAKER_SECONDS = env.int("LLM_BREAKER_SECONDS", 30, validate=validate.Range(min=1))

# --- Telegram --------------------------------------------------------------------------------------------------------

TELEGRAM_BOT_TOKENS = {
    "support": env.str("TELEGRAM_SUPPORT_BOT_TOKEN", ""),
    "operators": env.str("TELEGRAM_OPERATOR_BOT_TOKEN", ""),
    "characters": env.str("TELEGRAM_CHARACTER_BOT_TOKEN", ""),
}
TELEGRAM_MODE = env.str(
    "TELEGRAM_MODE",
    "sandbox"
    if DEBUG and not any(TELEGRAM_BOT_TOKENS.values())
    else "webhook"
    if PUBLIC_URL and PUBLIC_URL.startswith("https://")
    else "polling",
    validate=validate.OneOf(["webhook", "polling", "sandbox"]),
)
TELEGRAM_API_URL = env.str(
    "TELEGRAM_API_URL",
    f"http://127.0.0.1:{SANDBOX_PORT}" if TELEGRAM_MODE == "sandbox" else "https://api.telegram.org",
).rstrip("/")
TELEGRAM_WEBHOOK_SECRET = env.str("TELEGRAM_WEBHOOK_SECRET", "")
if TELEGRAM_MODE == "sandbox":
    TELEGRAM_BOT_TOKENS = {
        "support": "1000001:sandbox-support",
        "operators": "1000002:sandbox-operators",
        "characters": "1000003:sandbox-characters",
    }
TELEGRAM_SCRIPT_URL = env.str(  # of Mini Apps; empty: the sandbox's stand-in
    "TELEGRAM_SCRIPT_URL",
    "" if TELEGRAM_MODE == "sandbox" else "https://telegram.org/js/telegram-web-app.js",
)
SANDBOX_URL = env.str("SANDBOX_URL", "").rstrip("/")  # empty: the page's own host, at SANDBOX_PORT

# --- The other doors -------------------------------------------------------------------------------------------------

AMPLITUDE_API_KEY = env.str("AMPLITUDE_API_KEY", "")
AMPLITUDE_API_URL = env.str("AMPLITUDE_API_URL", "https://api2.amplitude.com/2/httpapi")
WEBHOOK_ALLOW_PRIVATE = env.bool("WEBHOOK_ALLOW_PRIVATE", DEBUG)
WEBHOOK_SIGNING_SECRET = env.str("WEBHOOK_SIGNING_SECRET", "")  # empty: made from DJANGO_SECRET_KEY
LIMIT_WEBHOOK = env.str("LIMIT_WEBHOOK", "5/minute", validate=validators.is_rate)
LIMIT_API = env.str("LIMIT_API", "60/minute", validate=validators.is_rate)
API_ANONYMOUS = env.bool("API_ANONYMOUS", DEBUG)

# --- The desk --------------------------------------------------------------------------------------------------------

SITE_NAME = env.str("SITE_NAME", "Switchboard")
MESSAGE_MAX_CHARS = 4000
HISTORY_MESSAGES = 20
LIMIT_MESSAGES_TOKEN = env.str("LIMIT_MESSAGES_TOKEN", "30/minute", validate=validators.is_rate)
LIMIT_MESSAGES_ADDRESS = env.str("LIMIT_MESSAGES_ADDRESS", "300/minute", validate=validators.is_rate)
LIMIT_NEW_VISITORS = env.str("LIMIT_NEW_VISITORS", "300/hour", validate=validators.is_rate)  # of one address
QUEUED_MESSAGES = env.int(
    "QUEUED_MESSAGES", 50, validate=validate.Range(min=0)
)  # of a visitor in a row without an answer; 0: any number
STREAMS_PER_ADDRESS = env.int(
    "STREAMS_PER_ADDRESS", 200, validate=validate.Range(min=0)
)  # at once; 0: any number
WIDGET_GREETING = {
    "ru": env.str(
        "WIDGET_GREETING_RU", "Здравствуйте! Спрашивайте — отвечу сразу, а если нужно, позову человека."
    ),
    "en": env.str(
        "WIDGET_GREETING_EN", "Hello! Ask me anything. I answer at once and call a person if you need one."
    ),
}
HANDOFF_REMINDER_MINUTES = env.list(
    "HANDOFF_REMINDER_MINUTES", [2, 5, 15, 30], subcast=float
)  # of waiting, in order
HELD_TEXT_MINUTES = env.float(
    "HELD_TEXT_MINUTES", 10.0, validate=validate.Range(min=0.01)
)  # then it is not sent
RETENTION_DAYS = env.int(
    "RETENTION_DAYS", 0, validate=validate.Range(0, 36500)
)  # then texts and names go; 0: they are kept
IDLE_CLOSE_HOURS = env.float("IDLE_CLOSE_HOURS", 24.0, validate=validate.Range(min=0.01))
LEASE_SECONDS = 6  # a worker renews what it holds every quarter of this; a dead one is relieved after it
SWEEP_SECONDS = 3

# --- Django ----------------------------------------------------------------------------------------------------------

DEMO_MODE = env.bool("DEMO_MODE", DEBUG)  # the demo shop at `/`

INSTALLED_APPS = [
    "unfold",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "corsheaders",
    "rest_framework",
    "rest_framework_api_key",
    "django_filters",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "drf_standardized_errors",
    "axes",
    "django_otp",
    "django_otp.plugins.otp_totp",
    "django_otp.plugins.otp_static",
    "llm",
    "chats",
    "operators",
    "telegram_bot",
]
MIDDLEWARE = [
    "config.middleware.RequestIdMiddleware",
    "config.policies.ContentSecurityPolicyMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "config.middleware.MetricsMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "corsheaders.middleware.CorsMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "config.middleware.AdminLanguageMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django_otp.middleware.OTPMiddleware",
    "config.access.middleware.SecondFactorMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "axes.middleware.AxesMiddleware",
]
ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    }
]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
DB_POOL_SIZE = env.int("DB_POOL_SIZE", 16, validate=validate.Range(1, 500))
DATABASES = {}
if DATABASE_URL:
    try:
        DATABASES["default"] = dj_database_url.parse(DATABASE_URL, conn_max_age=0)
    except (ValueError, dj_database_url.UnknownSchemeError) as error:
        raise ImproperlyConfigured(
            f"DATABASE_URL: not a PostgreSQL address ({type(error).__name__})"
        ) from None
    if DATABASES["default"]["ENGINE"] != "django.db.backends.postgresql":
        raise ImproperlyConfigured("DATABASE_URL: must start with postgresql://")
    DATABASES["default"]["ENGINE"] = (
        "config.postgres"  # the same, with a pool that outlives PostgreSQL's restarts
    )
    DATABASES["default"].setdefault("OPTIONS", {})["pool"] = {
        "min_size": 1,
        "max_size": DB_POOL_SIZE,
        "timeout": 10,
        "max_idle": 60,
        "reconnect_timeout": 3,  # the pauses between its tries double: after 3 s it begins anew at the next request
    }

CACHES = {"default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": REDIS_URL}}

LOGIN_REDIRECT_URL = "admin:index"  # whoever opened the login page itself
LANGUAGE_CODE = "ru"
LANGUAGES = [("ru", "Русский"), ("en", "English")]
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_TZ = True
TIME_ZONE = env.str("TIME_ZONE", "Europe/Moscow", validate=validators.is_time_zone)
STATIC_URL = "/static/"
STATIC_ROOT = env.path("STATIC_ROOT", str(LOCAL_DIR / "static"))
STATICFILES_DIRS = []
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedStaticFilesStorage"},
}
MEDIA_URL = "/media/"
MEDIA_ROOT = env.path("MEDIA_ROOT", str(LOCAL_DIR / "media"))
WHITENOISE_USE_FINDERS = DEBUG
WHITENOISE_AUTOREFRESH = False
DATA_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024

# What a browser is told about us. HTTPS ends at the proxy, which says so in X-Forwarded-Proto.
HTTPS_ONLY = env.bool("HTTPS_ONLY", PUBLIC_URL.startswith("https://") and not DEBUG)
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if TRUSTED_PROXIES else None
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS_ONLY
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS_ONLY else 0
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CSRF_TRUSTED_ORIGINS = [PUBLIC_URL] if PUBLIC_URL.startswith("https://") else []

# Who gets into the admin (config.access)
AUTHENTICATION_BACKENDS = ["axes.backends.AxesBackend", "django.contrib.auth.backends.ModelBackend"]
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = timedelta(minutes=15)
AXES_RESET_ON_SUCCESS = True
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False
AXES_CLIENT_IP_CALLABLE = "config.access.locks.address_of"
AXES_LOCKOUT_CALLABLE = "config.access.locks.locked_out"
AXES_ENABLE_ADMIN = False
AXES_DISABLE_ACCESS_LOG = True
AXES_VERBOSE = False
ADMIN_REQUIRE_TOTP = env.bool("ADMIN_REQUIRE_TOTP", False)  # else whoever wants to enrols at /admin/totp/
OTP_TOTP_ISSUER = SITE_NAME

CORS_URLS_REGEX = r"^/(api/v1/(chat|gpt|message)|static/chats)/?"
CORS_ALLOW_ALL_ORIGINS = WIDGET_ORIGINS == ["*"]
CORS_ALLOWED_ORIGINS = [] if CORS_ALLOW_ALL_ORIGINS else WIDGET_ORIGINS
CORS_ALLOW_HEADERS = ["accept", "content-type", "chat-token", "last-event-id"]
CORS_EXPOSE_HEADERS = ["retry-after"]
CORS_PREFLIGHT_MAX_AGE = 86400

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [],
    "DEFAULT_PERMISSION_CLASSES": [],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_SCHEMA_CLASS": "drf_standardized_errors.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "chats.api.errors.handle",
    "UNAUTHENTICATED_USER": None,
}
DRF_STANDARDIZED_ERRORS = {
    "ALLOWED_ERROR_STATUS_CODES": ["400", "401", "403", "404", "413", "415", "429"],
    "ERROR_SCHEMAS": {"413": "chats.api.parsers.TooLargeSerializer"},
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Switchboard API",
    "VERSION": "1.0.0",
    "SERVE_INCLUDE_SCHEMA": False,
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "REDOC_DIST": "SIDECAR",
    "ENUM_NAME_OVERRIDES": {
        "ConversationState": "chats.models.Conversation.State",
        "MessageAuthor": "chats.models.Message.Author",
        "ValidationErrorEnum": "drf_standardized_errors.openapi_serializers.ValidationErrorEnum.choices",
        "ClientErrorEnum": "drf_standardized_errors.openapi_serializers.ClientErrorEnum.choices",
        "ServerErrorEnum": "drf_standardized_errors.openapi_serializers.ServerErrorEnum.choices",
    },
    "POSTPROCESSING_HOOKS": [
        "drf_standardized_errors.openapi_hooks.postprocess_schema_enums",
        "chats.api.schema.add_stream",
        "chats.api.schema.document_errors",
    ],
}

UNFOLD = navigation.unfold(SITE_NAME)

# --- The engine: which class speaks for which channel ----------------------------------------------------------------

CHANNELS = {
    "web": "chats.channels.web.WebChannel",
    "telegram": "telegram_bot.channel.TelegramChannel",
    "operator": "telegram_bot.channel.OperatorChannel",
    "character": "telegram_bot.channel.CharacterChannel",
    "webhook": "chats.channels.webhook.WebhookChannel",
    "api": "chats.channels.api.ApiChannel",
}
PRIVACY_PARTS = ["telegram_bot.privacy", "operators.privacy", "chats.privacy.engine"]
OPERATOR_SCREEN = "telegram_bot.bots.operators_screen.TelegramScreen"  # what the desk shows to its operators

CELERY_BROKER_URL = REDIS_URL
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_DEFAULT_QUEUE = "default"
CELERY_TASK_CREATE_MISSING_QUEUES = True
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "ack_emulation": False,  # two transactions in Redis a task, for hints that the sweep would find within seconds
    "socket_connect_timeout": 2,
    "socket_timeout": 10,
    "socket_keepalive": True,
    "health_check_interval": 10,
    "max_retries": 0,  # whoever gives a hint does not wait for a broker that is away; a worker has its own patience
}
CELERY_TASK_PUBLISH_RETRY = False  # a hint that is lost is found by the sweep
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_WORKER_SEND_TASK_EVENTS = True
CELERY_BEAT_SCHEDULER = "config.beat:SteadyScheduler"
# Whether a sweep has expired is judged by the clocks of two machines, which may differ: the bound is only there for a
# broker that is left without workers. Those that have piled up are skipped (chats.sweeps.takes_turn).
SWEEP_EXPIRES = 6 * 3600
CELERY_BEAT_SCHEDULE = {
    "sweep": {"task": "chats.sweep", "schedule": SWEEP_SECONDS, "options": {"expires": SWEEP_EXPIRES}},
    "sweep-desk": {
        "task": "operators.sweep",
        "schedule": SWEEP_SECONDS,
        "options": {"expires": SWEEP_EXPIRES},
    },
    "close-idle": {"task": "chats.close_idle", "schedule": 300},
    "export-analytics": {
        "task": "chats.export_analytics",
        "schedule": 15,
        "options": {"expires": SWEEP_EXPIRES},
    },
    "forget-old": {"task": "chats.forget_old", "schedule": crontab(hour=3, minute=30)},
    "forget-telegram-updates": {"task": "telegram_bot.forget_old_updates", "schedule": 6 * 3600},
}
CELERY_BEAT_SCHEDULE_FILENAME = env.str(
    "CELERY_BEAT_SCHEDULE_FILENAME", str(LOCAL_DIR / "celerybeat-schedule")
)

SHUTDOWN_GRACE_SECONDS = env.int("SHUTDOWN_GRACE_SECONDS", 20)  # below the grace period of compose, 30 s

LOG_LEVEL = env.str(
    "LOG_LEVEL", "INFO", validate=validate.OneOf(["DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"])
)
LOG_FORMAT = env.str("LOG_FORMAT", "plain" if DEBUG else "json", validate=validate.OneOf(["plain", "json"]))
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"context": {"()": "chats.log_context.ContextFilter"}},
    "formatters": {
        "plain": {"format": "%(asctime)s %(levelname)s %(name)s: %(message)s"},
        "json": {
            "()": "pythonjsonlogger.json.JsonFormatter",
            "format": "%(asctime)s %(levelname)s %(name)s %(message)s",
            "rename_fields": {"asctime": "time", "levelname": "level", "name": "logger"},
            "json_ensure_ascii": False,
        },
    },
    "handlers": {
        "console": {
            "class": "logging.StreamHandler",
            "filters": ["context"],
            "formatter": env.str(
                "LOG_FORMAT", "plain" if DEBUG else "json", validate=validate.OneOf(["plain", "json"])
            ),
        }
    },
    "root": {"handlers": ["console"], "level": LOG_LEVEL},
    "loggers": {
        # Their lines name URLs, and the Bot API's URLs hold the token.
        "httpx": {"level": "WARNING"},
        "telegram.Bot": {"level": "INFO"},
        "httpx2": {"level": "WARNING"},
        "httpcore": {"level": "WARNING"},
        "httpcore2": {"level": "WARNING"},
        "openai": {"level": "WARNING"},
        "axes": {"level": "WARNING"},  # a line for every login
        "celery.worker.strategy": {"level": "WARNING"},
        "celery.app.trace": {"level": "WARNING"},
        "celery.beat": {"level": "WARNING"},  # a line for every sweep
    },
}

# The metrics of all the processes of this machine, in one folder; prometheus_client reads the name at its import.
METRICS_DIR = env.path("PROMETHEUS_MULTIPROC_DIR", LOCAL_DIR / "metrics")
METRICS_TOKEN = env.str("METRICS_TOKEN", "")  # empty: /metrics answers callers of this machine only
# Where worker and realtime show theirs when each has such a folder of its own, as in containers
METRICS_PORT = env.int("METRICS_PORT", 0, validate=validate.Range(0, 65535))
METRICS_DIR.mkdir(parents=True, exist_ok=True)
os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(METRICS_DIR)

# --- One clear line for whatever is wrong ----------------------------------------------------------------------------


def _problems() -> list[str]:
    """Names every setting whose value cannot be used, one short sentence each."""
    found = []
    try:
        env.seal()
    except EnvError as error:
        details = getattr(error, "error_messages", None) or {"environment": [str(error)]}
        found += [f"{name}: {' '.join(messages)}" for name, messages in details.items()]
    if not DATABASE_URL:
        found.append("DATABASE_URL: missing (`make run` starts an embedded PostgreSQL and sets it)")
    if not REDIS_URL:
        found.append("REDIS_URL: missing (`make run` starts an embedded Redis and sets it)")
    elif urlsplit(REDIS_URL).scheme not in {"redis", "rediss", "unix"}:
        found.append("REDIS_URL: must start with redis://, rediss:// or unix://")
    if not SECRET_KEY:
        found.append("DJANGO_SECRET_KEY: missing")
    if TELEGRAM_MODE == "sandbox" and not DEBUG:
        found.append("TELEGRAM_MODE: sandbox is for development only and needs DEBUG=1")
    if LLM_PROVIDER == "openai" and not (OPENAI_API_KEY or OPENAI_BASE_URL):
        found.append("OPENAI_API_KEY: missing, and LLM_PROVIDER is openai")
    if unknown := set(OPENAI_CAPABILITIES or ()) - {"tools", "usage", "streaming"}:
        found.append(
            f"OPENAI_CAPABILITIES: {', '.join(sorted(unknown))} is not one of tools, usage, streaming"
        )
    if LLM_PRICES is not None and not _are_prices(LLM_PRICES):
        found.append('LLM_PRICES: must look like {"gpt-4o-mini": [0.15, 0.6]}')
    if LLM_PROVIDER == "yandexgpt" and not (YANDEX_API_KEY and YANDEX_FOLDER_ID):
        found.append("YANDEX_API_KEY and YANDEX_FOLDER_ID: both are needed when LLM_PROVIDER is yandexgpt")
    if TELEGRAM_MODE != "sandbox" and any(TELEGRAM_BOT_TOKENS.values()):
        for bot, token in TELEGRAM_BOT_TOKENS.items():
            if token and not (token.count(":") == 1 and token.split(":")[0].isdigit()):
                found.append(f"the token of the {bot} bot: does not look like 123456:ABC-...")
        if TELEGRAM_MODE == "webhook" and not TELEGRAM_WEBHOOK_SECRET:
            found.append("TELEGRAM_WEBHOOK_SECRET: missing, and TELEGRAM_MODE is webhook")
        if TELEGRAM_WEBHOOK_SECRET and not re.fullmatch(r"[A-Za-z0-9_-]{1,256}", TELEGRAM_WEBHOOK_SECRET):
            found.append(
                "TELEGRAM_WEBHOOK_SECRET: may only have the characters A-Z, a-z, 0-9, _ and -, at most 256"
            )
        real = "api.telegram.org" in TELEGRAM_API_URL
        if real and TELEGRAM_MODE == "webhook" and not PUBLIC_URL.startswith("https://"):
            found.append("PUBLIC_URL: Telegram sends webhooks to https:// addresses only")
    return found


def _are_prices(value: object) -> bool:
    return isinstance(value, dict) and all(
        isinstance(pair, list)
        and len(pair) == 2
        and all(isinstance(price, (int, float)) and price >= 0 for price in pair)
        for pair in value.values()
    )


if _found := _problems():
    raise ImproperlyConfigured("; ".join(_found))
if TELEGRAM_MODE == "sandbox" and not TELEGRAM_WEBHOOK_SECRET:
    TELEGRAM_WEBHOOK_SECRET = "sandbox-webhook-secret"  # noqa: S105 - only ever spoken on loopback
