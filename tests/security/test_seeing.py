"""The dashboard and the alerts speak of metrics that exist, and the runbook of every alert."""

import json
import re

import pytest
import yaml
from django.db import OperationalError
from prometheus_client import REGISTRY

from chats import health
from chats.models import Contact, Conversation, Delivery
from chats.redis import RedisError
from config import metrics
from config.run.local import ROOT
from llm.models import LLMCall

RULES = yaml.safe_load((ROOT / "deploy/prometheus/alerts.yml").read_text())["groups"][0]["rules"]
DASHBOARD = json.loads((ROOT / "deploy/grafana/switchboard.json").read_text())
ALERTS = {rule["alert"]: rule for rule in RULES}

pytestmark = pytest.mark.django_db


@pytest.fixture
def everything():
    """One row of whatever a metric has labels for."""
    contact = Contact.objects.create(channel="web", external_id="a" * 64)
    Conversation.objects.create(contact=contact, state="waiting")
    Delivery.objects.create(channel="web", address="1", payload={}, dedupe_key="1", state="failed")
    for milliseconds in (1000, 3000):
        LLMCall.objects.create(provider="openai", purpose="answer", outcome="answer", latency_ms=milliseconds)


def _page(client) -> str:
    return client.get("/metrics").content.decode()


def _names_in(expression: str) -> set[str]:
    return set(re.findall(r"switchboard_[a-z_]+", expression))


def _existing(client) -> set[str]:
    live = set(re.findall(r"^(switchboard_[a-z_]+)", _page(client), re.MULTILINE))
    counted = {sample for family in REGISTRY.collect() for sample in _samples(family)}
    return live | counted


def _samples(family) -> list[str]:
    endings = {"counter": ["_total"], "histogram": ["_bucket", "_sum", "_count"]}.get(family.type, [""])
    return [f"{family.name}{ending}" for ending in endings]


@pytest.mark.parametrize("name", sorted(ALERTS))
def test_every_alert_asks_for_metrics_that_exist(client, everything, name):
    names = _names_in(ALERTS[name]["expr"])
    assert names or name in {"DeskDown", "ProcessSilent"}  # their `up` is Prometheus' own
    assert names <= _existing(client)


def test_every_panel_asks_for_metrics_that_exist(client, everything):
    asked = set().union(
        *(_names_in(target["expr"]) for panel in DASHBOARD["panels"] for target in panel["targets"])
    )
    assert len(asked) > 15
    assert asked <= _existing(client)


@pytest.mark.parametrize("name", sorted(ALERTS))
def test_every_alert_has_its_chapter_in_the_runbook(name):
    rule, text = ALERTS[name], (ROOT / "docs/runbook.md").read_text()
    assert f"\n## {name}\n" in text
    assert rule["annotations"]["runbook"] == f"docs/runbook.md#{name.lower()}"
    assert rule["labels"]["severity"] in {"critical", "warning"}


def test_panels_do_not_overlap():
    taken = [
        (x, y)
        for place in (panel["gridPos"] for panel in DASHBOARD["panels"])
        for x in range(place["x"], place["x"] + place["w"])
        for y in range(place["y"], place["y"] + place["h"])
    ]
    assert len(taken) == len(set(taken))
    assert max(x for x, _ in taken) < 24


def test_calls_to_the_model_are_told_by_provider_and_outcome(client, everything):
    page = _page(client)
    assert 'switchboard_llm_calls_recent{outcome="answer",provider="openai"} 2.0' in page
    assert 'switchboard_llm_seconds_recent{provider="openai",quantile="0.5"} 1.0' in page
    assert 'switchboard_llm_seconds_recent{provider="openai",quantile="0.95"} 3.0' in page
    assert "switchboard_handoffs_waiting 1.0" in page
    assert "switchboard_deliveries_failed_recent 1.0" in page


def test_database_that_is_away_is_told_and_not_a_failure(client, monkeypatch):
    def away():
        raise OperationalError("gone")

    monkeypatch.setattr(health, "oldest_unanswered_seconds", away)
    page = _page(client)
    assert "switchboard_database_up 0.0" in page
    assert "switchboard_redis_up 1.0" in page


def test_redis_that_is_away_is_told_too(client, monkeypatch):
    def away():
        raise RedisError("gone")

    monkeypatch.setattr(metrics, "get_redis", away)
    page = _page(client)
    assert "switchboard_redis_up 0.0" in page
    assert "switchboard_database_up 1.0" in page
