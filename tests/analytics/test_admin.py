"""The admin of events."""

import pytest
from django.urls import reverse

from chats.analytics import Event, record
from chats.models import AnalyticsEvent

pytestmark = pytest.mark.django_db


def test_counts_by_day_are_shown(admin_client, settings):
    settings.AMPLITUDE_API_KEY = ""
    for number in range(3):
        record(Event.REGISTERED, user_id=str(number))
    page = admin_client.get("/admin/chats/analyticsevent/by-day/").content.decode()
    assert "Зарегистрировался" in page
    assert "Ждут выгрузки: 3" in page
    assert "AMPLITUDE_API_KEY" in page


def test_days_without_events_are_said_to_be_so(admin_client):
    assert "событий не было" in admin_client.get("/admin/chats/analyticsevent/by-day/").content.decode()


def test_refused_event_is_sent_again(admin_client):
    record(Event.REGISTERED, user_id="7")
    AnalyticsEvent.objects.update(state="parked")
    event = AnalyticsEvent.objects.get()
    admin_client.post(
        reverse("admin:chats_analyticsevent_changelist"), {"action": "retry", "_selected_action": [event.pk]}
    )
    event.refresh_from_db()
    assert event.state == "pending"


def test_event_can_be_read(admin_client):
    record(Event.REGISTERED, user_id="7", properties={"language": "<b>"})
    page = admin_client.get(
        reverse("admin:chats_analyticsevent_change", args=[AnalyticsEvent.objects.get().pk])
    )
    assert "&lt;b&gt;" in page.content.decode()
