"""The engine in the admin: history can be read there, not rewritten."""

from chats.admin import api_keys, contacts, conversations, deliveries, messages, popular_questions

__all__ = ["api_keys", "contacts", "conversations", "deliveries", "messages", "popular_questions"]
