"""Signals only speed things up: whoever listens must also find the same by itself, by a sweep."""

from django.dispatch import Signal

#: Sent after commit. kwargs: conversation_id
human_requested = Signal()
#: Sent after commit. kwargs: conversation_id, state
state_changed = Signal()
#: Sent after commit. kwargs: delivery
delivery_failed = Signal()
