"""Product analytics: facts are recorded in their own transaction and exported to Amplitude in batches."""

from chats.analytics.recording import record, user_id_of
from chats.models.analytics_event import AnalyticsEvent

Event = AnalyticsEvent.Name

__all__ = ["Event", "record", "user_id_of"]
