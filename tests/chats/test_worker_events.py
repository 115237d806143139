"""What Flower hears of a worker, and the broker's client."""

import base64
import json

import pytest

from chats.redis import get_redis
from config.celery import app


@pytest.mark.django_db(transaction=True)
def test_flower_hears_of_a_task_from_its_arrival_to_its_end(worker, eventually):
    with get_redis().pubsub() as ears:
        ears.psubscribe("*celeryev/*")
        assert ears.get_message(timeout=10)["type"] == "psubscribe"
        task = app.send_task("chats.sweep", queue="default")
        heard = set()

        def heard_all() -> bool:
            if message := ears.get_message(timeout=1):
                events = json.loads(base64.b64decode(json.loads(message["data"])["body"]))
                events = events if isinstance(events, list) else [events]
                heard.update(event["type"] for event in events if event.get("uuid") == task.id)
            return heard == {"task-received", "task-started", "task-succeeded"}

        eventually(heard_all, seconds=20)


def test_a_hint_that_was_fetched_and_not_begun_goes_back_when_its_worker_leaves():
    with app.connection_for_read() as connection:
        line = connection.SimpleQueue("a-line-of-hints")
        line.put("hint")
        assert line.get(timeout=10).payload == "hint"
        assert get_redis().llen("a-line-of-hints") == 0
        line.channel.close()
        assert get_redis().delete("a-line-of-hints") == 1


def test_a_channel_keeps_its_client_until_its_pool_is_replaced():
    with app.connection_for_write() as connection:
        channel = connection.default_channel
        with channel.conn_or_acquire() as first, channel.conn_or_acquire() as second:
            assert first is second
        channel._pool = None  # as after a lost connection
        with channel.conn_or_acquire() as third:
            assert third.connection_pool is channel.pool
