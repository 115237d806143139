"""What the real processes write about a busy minute: nobody's words, and nothing that opens a door."""

import uuid

import httpx
import pytest
from django.db.models import F

from chats.api.tokens import hash_token
from chats.models import ApiKey, Conversation
from tests.telegram.conftest import SECRET, TOKENS
from tests.telegram.signing import init_data

pytestmark = pytest.mark.django_db(transaction=True)
VISITOR_TOKEN, BAD_TOKEN = "planted-visitor-token-1234", "planted-token-with-a-$-in-it"
WORDS = [
    f"planted-words-{where}"
    for where in ("on-the-site", "in-telegram", "for-a-webhook", "for-a-prompt", "no-json")
]


@pytest.fixture
def process_environment(process_environment):
    return process_environment | {
        "LOG_LEVEL": "DEBUG",
        "LOG_FORMAT": "json",
        "API_ANONYMOUS": "0",
        "WEBHOOK_ALLOW_PRIVATE": "1",
    }


def test_no_log_holds_a_token_a_key_or_a_text(
    desk, visitor, web_server, realtime_server, worker, http, eventually
):
    key, opened = ApiKey.objects.create_key(name="planted")[1], init_data()
    _write_on_the_site(http, web_server.url, realtime_server.url)
    _ask_by_key(http, web_server.url, key, callback=f"{web_server.url}/callback")
    for raw in (opened, f"{opened}0"):
        http.get(f"{web_server.url}/miniapp/api/characters", headers={"Authorization": f"tma {raw}"})
    for secret in (SECRET, "planted-wrong-secret"):
        headers = {"X-Telegram-Bot-Api-Secret-Token": secret}
        http.post(f"{web_server.url}/telegram/support/webhook", content=WORDS[4], headers=headers)
    visitor.send(WORDS[1])
    eventually(_everybody_is_served, 30)

    logs = {process.kind: process.log for process in (web_server, realtime_server, worker)}
    planted = {"visitor's token": VISITOR_TOKEN, "bad token": BAD_TOKEN, "hash of the token": hash_token(VISITOR_TOKEN),
               "API key": key.split(".")[1], "initData": opened.rpartition("hash=")[2], "webhook secret": SECRET,
               "wrong secret": "planted-wrong-secret"}  # fmt: skip
    planted |= {f"token of the {bot} bot": token for bot, token in TOKENS.items()} | {
        words: words for words in WORDS
    }
    found = [(kind, name) for kind, log in logs.items() for name, secret in planted.items() if secret in log]
    assert found == []
    assert "/api/v1/chat/messages" in logs["web"], "the log of the web server tells nothing at all"


def _everybody_is_served() -> bool:
    """The site, Telegram, the webhook and the prompt: answered, or with a person called."""
    served = Conversation.objects.filter(visitor_seq__gt=0, answered_seq=F("visitor_seq"))
    return served.values("contact__channel").distinct().count() == 4


def _write_on_the_site(http: httpx.Client, web: str, realtime: str) -> None:
    for token in (VISITOR_TOKEN, BAD_TOKEN):
        headers = {"Chat-Token": token}
        body = {"text": WORDS[0], "client_id": str(uuid.uuid4())}
        http.post(f"{web}/api/v1/chat/messages", json=body, headers=headers)
        http.post(f"{web}/api/v1/gpt", json={"message": [WORDS[0]]}, headers=headers)
        http.post(f"{web}/api/v1/chat/messages", content=f'{{"text": {WORDS[4]}', headers=headers)
        http.get(f"{web}/api/v1/chat/messages?after={WORDS[0]}", headers=headers)
        with http.stream("GET", f"{realtime}/api/v1/chat/stream", headers=headers) as stream:
            next(stream.iter_lines())


def _ask_by_key(http: httpx.Client, web: str, key: str, *, callback: str) -> None:
    for given in (key, f"{key}x"):
        headers = {"Authorization": f"Api-Key {given}"}
        http.post(f"{web}/webhook", json={"message": WORDS[2], "callback_url": callback}, headers=headers)
        http.post(f"{web}/webhook", json={"message": [WORDS[2]], "callback_url": WORDS[2]}, headers=headers)
        http.post(f"{web}/api/messages/create", json={"prompt_message": WORDS[3]}, headers=headers)
        http.get(f"{web}/api/messages?text={WORDS[3]}", headers=headers)
