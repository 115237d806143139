"""The API as its own schema describes it, asked at random: no 500, and every answer as documented."""

from ipaddress import ip_address

import pytest
import schemathesis
from django.test import override_settings
from schemathesis.config import PositiveDataAcceptanceConfig
from schemathesis.specs.openapi.checks import negative_data_rejection

from chats.models import ApiKey
from config.wsgi import application
from tests.fuzz.budget import bounded

TOKEN = "a-visitor-who-tries-everything"
STREAM = "/api/v1/chat/stream"  # of another process, and without an end
# What a schema cannot say: that a text must be more than blanks, a page exist, an address be one of the internet.
REFUSED = ["400", "401", "404", "413", "422", "429", "2xx"]


def _load():
    with override_settings(API_ANONYMOUS=False):
        found = schemathesis.openapi.from_wsgi("/api/schema/?format=json", application)
    found.config.checks.positive_data_acceptance = PositiveDataAcceptanceConfig(expected_statuses=REFUSED)
    found.config.checks.negative_data_rejection.expected_statuses.append("413")
    return found.exclude(path=STREAM)


schema = _load()


@pytest.fixture
def headers(transactional_db, settings, monkeypatch) -> dict[str, str]:
    """A visitor's token and a key, as in production; nobody is turned away for being fast, no name leaves us."""
    settings.API_ANONYMOUS = False
    settings.WEBHOOK_ALLOW_PRIVATE = True
    for name in ("LIMIT_MESSAGES_TOKEN", "LIMIT_MESSAGES_ADDRESS", "LIMIT_WEBHOOK", "LIMIT_API"):
        setattr(settings, name, "100000/minute")
    settings.QUEUED_MESSAGES = 0
    monkeypatch.setattr("chats.hints._send", lambda *args, **kwargs: None)
    monkeypatch.setattr("chats.public_address._resolve", lambda host, port: [ip_address("127.0.0.1")])
    return {"Chat-Token": TOKEN, "Authorization": f"Api-Key {ApiKey.objects.create_key(name='fuzz')[1]}"}


@schema.parametrize()
@bounded(20)
def test_every_answer_is_as_documented(headers, case):
    # In a query an empty filter is none, and a name that nobody knows is passed over: that is no fault.
    lenient = [negative_data_rejection] if case.method == "GET" else []
    case.call_and_validate(headers=headers, excluded_checks=lenient)
