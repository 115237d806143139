"""The export to Amplitude: each rule against a real HTTP server."""

import os
import signal
import subprocess
import sys
from datetime import timedelta
from urllib.parse import urlsplit, urlunsplit

import pytest
from django.db import connection
from django.utils import timezone

from chats.analytics import Event, export, record
from chats.analytics.export import export_events, retry_parked
from chats.models import AnalyticsEvent
from chats.redis import get_redis

pytestmark = pytest.mark.django_db


def happened(count, first=1):
    for number in range(first, first + count):
        record(Event.REQUEST_SENT, user_id=f"user-{number}", properties={"character": "mario"})


def states():
    return list(AnalyticsEvent.objects.order_by("pk").values_list("state", flat=True))


def is_paused():
    return bool(get_redis().exists("analytics:pause"))


def end_pause():
    get_redis().delete("analytics:pause")


def test_events_arrive_with_all_that_amplitude_wants(amplitude):
    happened(1)
    assert export_events() == 1
    stored, event = AnalyticsEvent.objects.get(), amplitude.accepted[0]
    assert event == {
        "user_id": "user-1",
        "event_type": "request sent",
        "time": round(stored.created_at.timestamp() * 1000),
        "insert_id": str(stored.insert_id),
        "event_properties": {"character": "mario"},
    }
    assert (stored.state, stored.lease_until) == ("sent", None)


def test_it_sends_batches_in_order(amplitude, monkeypatch):
    monkeypatch.setattr(export, "BATCH", 3)
    happened(8)
    assert export_events() == 8
    assert [len(batch) for batch in amplitude.batches] == [3, 3, 2]
    assert [event["user_id"] for event in amplitude.accepted] == [f"user-{number}" for number in range(1, 9)]


def test_sent_events_are_not_sent_again(amplitude):
    happened(2)
    export_events()
    assert export_events() == 0
    assert len(amplitude.batches) == 1


def test_without_a_key_events_stay(amplitude, settings):
    settings.AMPLITUDE_API_KEY = ""
    happened(2)
    assert export_events() == 0
    assert (amplitude.batches, states()) == ([], ["pending"] * 2)


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504])
def test_429_and_5xx_are_tried_again_later(amplitude, status):
    amplitude.answers = [(status, {})]
    happened(2)
    assert export_events() == 0
    assert states() == ["pending"] * 2
    assert is_paused()
    assert export_events() == 0
    assert len(amplitude.batches) == 1
    end_pause()
    assert export_events() == 2
    assert amplitude.batches[0] == amplitude.batches[1]


def test_it_waits_for_as_long_as_it_is_asked_to(amplitude):
    amplitude.answers = [(429, {"Retry-After": "77"})]
    happened(1)
    export_events()
    assert 70 <= get_redis().ttl("analytics:pause") <= 77


def test_pauses_grow(amplitude):
    amplitude.answers = [(503, {})] * 3
    happened(1)
    pauses = []
    for _ in range(3):
        export_events()
        pauses.append(get_redis().ttl("analytics:pause"))
        end_pause()
    assert pauses == sorted(pauses)
    assert pauses[0] < pauses[2]


def test_server_that_is_away_is_tried_again_later(amplitude, settings):
    settings.AMPLITUDE_API_URL = "http://127.0.0.1:9/2/httpapi"
    happened(1)
    assert export_events() == 0
    assert states() == ["pending"]


def test_400_bisects_and_parks_only_the_bad_events(amplitude):
    amplitude.bad = {"user-3", "user-6"}
    happened(8)
    assert export_events() == 6
    parked = AnalyticsEvent.objects.filter(state="parked").order_by("pk")
    assert [event.user_id for event in parked] == ["user-3", "user-6"]
    assert "Invalid field" in parked[0].error
    assert len(amplitude.unique) == 6


def test_parked_event_can_be_tried_again(amplitude):
    amplitude.bad = {"user-1"}
    happened(1)
    export_events()
    amplitude.bad = set()
    assert retry_parked(event_ids=[AnalyticsEvent.objects.get().pk]) == 1
    assert export_events() == 1


def test_413_halves(amplitude):
    amplitude.most = 2
    happened(7)
    assert export_events() == 7
    assert sorted(map(len, amplitude.batches), reverse=True)[:1] == [7]
    assert len(amplitude.unique) == 7


def test_event_that_is_too_large_alone_is_parked(amplitude):
    amplitude.most = 0
    happened(2)
    assert export_events() == 0
    assert states() == ["parked"] * 2


def test_wrong_key_parks_nothing(amplitude, settings):
    settings.AMPLITUDE_API_KEY = "wrong"
    happened(3)
    assert export_events() == 0
    assert states() == ["pending"] * 3
    settings.AMPLITUDE_API_KEY = amplitude.key
    end_pause()
    assert export_events() == 3


def test_half_that_arrived_before_an_outage_is_not_sent_again(amplitude):
    amplitude.most = 2
    amplitude.answers = [(413, {}), (200, {}), (503, {})]
    happened(4)
    export_events()
    assert states() == ["sent", "sent", "pending", "pending"]


def test_events_that_somebody_else_is_sending_are_left_alone(amplitude):
    happened(2)
    AnalyticsEvent.objects.filter(user_id="user-1").update(lease_until=timezone.now() + timedelta(minutes=1))
    assert export_events() == 1
    assert [event["user_id"] for event in amplitude.accepted] == ["user-2"]


def test_same_fact_is_stored_once():
    for _ in range(3):
        record(Event.REGISTERED, user_id="7", key="7")
    record(Event.REGISTERED, user_id="8", key="8")
    assert AnalyticsEvent.objects.count() == 2


def test_two_facts_without_a_key_are_two():
    happened(1)
    happened(1)
    assert AnalyticsEvent.objects.count() == 2


def test_counts_by_day():
    happened(3)
    record(Event.REGISTERED, user_id="7")
    AnalyticsEvent.objects.filter(user_id="user-1").update(created_at=timezone.now() - timedelta(days=1))
    rows = AnalyticsEvent.objects.by_day(timezone.now() - timedelta(days=7))
    assert [(row["name"], row["count"]) for row in rows] == [
        ("registered", 1),
        ("request sent", 2),
        ("request sent", 1),
    ]


@pytest.mark.django_db(transaction=True)
def test_crash_between_sending_and_marking_repeats_only_with_the_same_insert_ids(amplitude):
    import threading

    happened(3)
    amplitude.held = threading.Event()
    parts = urlsplit(os.environ["DATABASE_URL"])
    environment = os.environ | {
        "DATABASE_URL": urlunsplit(parts._replace(path=f"/{connection.settings_dict['NAME']}")),
        "AMPLITUDE_API_KEY": amplitude.key,
        "AMPLITUDE_API_URL": amplitude.url,
    }
    code = "import django; django.setup(); from chats.analytics.export import export_events; export_events()"
    process = subprocess.Popen([sys.executable, "-c", code], env=environment)
    assert amplitude.arrived.wait(30)
    process.send_signal(signal.SIGKILL)
    process.wait(10)
    amplitude.held.set()
    amplitude.held = None
    assert states() == ["pending"] * 3
    assert export_events() == 0  # the dead one's lease
    AnalyticsEvent.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    assert export_events() == 3
    assert [len(batch) for batch in amplitude.batches] == [3, 3]
    assert len(amplitude.unique) == 3
