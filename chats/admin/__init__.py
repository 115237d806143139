"""The engine in the admin: history can be read there, not rewritten."""

from chats.admin import contacts, conversations, deliveries, messages, popular_questions

__all__ = ["contacts", "conversations", "deliveries", "messages", "popular_questions"]
