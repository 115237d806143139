"""The product's real processes and a Telegram sandbox of their own, speaking real HTTP to each other."""

import httpx
import pytest

from telegram_bot import writing
from telegram_bot.registration import register
from telegram_bot.sandbox.process import start

SECRET = "test-webhook-secret"
TOKENS = {
    "support": "1000001:sandbox-support",
    "operators": "1000002:sandbox-operators",
    "characters": "1000003:sandbox-characters",
}


@pytest.fixture(scope="session")
def sandbox():
    with start(limits=False, retry_base=0.05) as running:
        yield running


@pytest.fixture
def telegram(sandbox, settings):
    """The sandbox's control API, in which nothing has happened yet; this process's settings lead to it."""
    settings.TELEGRAM_MODE = "webhook"
    settings.TELEGRAM_API_URL = sandbox.url
    settings.TELEGRAM_BOT_TOKENS = TOKENS
    settings.TELEGRAM_WEBHOOK_SECRET = SECRET
    writing._no_drafts_until.clear()
    sandbox.client.clear_faults()
    sandbox.client.reset(keep_webhooks=False)
    sandbox.client.set_limits(enabled=False)
    return sandbox.client


@pytest.fixture
def process_environment(process_environment, sandbox):
    return process_environment | {
        "TELEGRAM_MODE": "webhook",
        "TELEGRAM_API_URL": sandbox.url,
        "TELEGRAM_SUPPORT_BOT_TOKEN": TOKENS["support"],
        "TELEGRAM_OPERATOR_BOT_TOKEN": TOKENS["operators"],
        "TELEGRAM_CHARACTER_BOT_TOKEN": TOKENS["characters"],
        "TELEGRAM_WEBHOOK_SECRET": SECRET,
    }


@pytest.fixture
def desk(telegram, web_server, worker, settings):
    """Everything runs: the sandbox's webhooks lead to the web server, a worker answers and sends."""
    settings.PUBLIC_URL = web_server.url
    for bot in TOKENS:
        register(bot)
    yield telegram
    for bot in TOKENS:
        telegram.wait_until_delivered(bot)


@pytest.fixture
def visitor(desk):
    """Somebody's chat with the support bot, before they have pressed Start."""
    return desk.chat(
        "support", desk.create_person("Мария", last_name="Иванова", username="maria_i", language_code="ru")
    )


@pytest.fixture
def post_update(client, settings):
    """post_update({...}): what the webhook's view answers to a body, given as JSON or as bytes."""
    settings.TELEGRAM_WEBHOOK_SECRET = SECRET
    settings.TELEGRAM_BOT_TOKENS = TOKENS

    def post(body, *, bot="support", secret=SECRET, path="/telegram/{bot}/webhook"):
        headers = {"X-Telegram-Bot-Api-Secret-Token": secret} if secret is not None else {}
        return client.post(path.format(bot=bot), body, content_type="application/json", headers=headers)

    return post


@pytest.fixture
def http():
    with httpx.Client(trust_env=False, timeout=20) as http:
        yield http
