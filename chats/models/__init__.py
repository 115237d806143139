from chats.models.analytics_event import AnalyticsEvent
from chats.models.api_key import ApiKey
from chats.models.contact import Contact
from chats.models.conversation import Conversation
from chats.models.delivery import Delivery
from chats.models.message import Message
from chats.models.popular_question import PopularQuestion
from chats.models.webhook_task import WebhookTask

__all__ = [
    "AnalyticsEvent",
    "ApiKey",
    "Contact",
    "Conversation",
    "Delivery",
    "Message",
    "PopularQuestion",
    "WebhookTask",
]
