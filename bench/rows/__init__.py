"""The rows of the table, a topic a file: `measure(desk)` gives its rows."""

from importlib import import_module

TOPICS = ["http", "live", "telegram", "worker", "scaling", "streams", "large", "widget"]


def measure(topic: str, desk) -> list:
    """Measures one topic."""
    return import_module(f"bench.rows.{topic}").measure(desk)
