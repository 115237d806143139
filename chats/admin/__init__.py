"""The engine in the admin: history can be read there, not rewritten."""

from chats.admin import (
    analytics,
    api_keys,
    audit,
    contacts,
    conversations,
    deliveries,
    messages,
    popular_questions,
)

__all__ = [
    "analytics",
    "api_keys",
    "audit",
    "contacts",
    "conversations",
    "deliveries",
    "messages",
    "popular_questions",
]
