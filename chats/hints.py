"""Tells the workers that there is something to do. A lost hint costs one sweep, never a message.

A hint is a Celery message (protocol 2, as kombu's Redis transport stores it) that is pushed to the queue's list as it
is: `send_task` would take ten times as long to write the same. Its shape:
docs.celeryq.dev/en/stable/internals/protocol.html.
"""

import json
import logging
import os
import socket
import uuid
from base64 import b64encode

from django.db import transaction

from chats.log_context import current_request_id
from chats.redis import RedisError, get_redis

logger = logging.getLogger(__name__)
_NO_FURTHER_TASKS = {"callbacks": None, "errbacks": None, "chain": None, "chord": None}


def hint_answer(conversation_id: int) -> None:
    """Once the transaction commits: somebody should answer this conversation."""
    hint("chats.answer_conversation", conversation_id, queue="answers")


def hint_flush(channel: str, address: str) -> None:
    """Once the transaction commits: something is to be sent to this address."""
    hint("chats.flush_address", channel, address, queue="deliveries")


def hint(task: str, *args, queue: str = "default") -> None:
    """Once the transaction commits: enqueue any task by its name."""
    transaction.on_commit(lambda: _send(task, list(args), queue=queue), robust=True)


def _send(task: str, args: list, *, queue: str) -> None:
    try:
        get_redis().lpush(queue, json.dumps(_celery_message(task, args, queue)))
    except RedisError as error:
        logger.warning("no hint for %s: %s", task, error)


def _celery_message(task: str, args: list, queue: str) -> dict:
    task_id = str(uuid.uuid4())
    body = json.dumps([args, {}, _NO_FURTHER_TASKS])
    return {
        "body": b64encode(body.encode()).decode(),
        "content-encoding": "utf-8",
        "content-type": "application/json",
        "headers": {
            "lang": "py",
            "task": task,
            "id": task_id,
            "root_id": task_id,
            "parent_id": None,
            "group": None,
            "retries": 0,
            "eta": None,
            "expires": None,
            "timelimit": [None, None],
            "argsrepr": repr(args),
            "kwargsrepr": "{}",
            "origin": f"{os.getpid()}@{socket.gethostname()}",
            "ignore_result": True,
            "request_id": current_request_id(),
        },
        "properties": {
            "correlation_id": task_id,
            "delivery_info": {"exchange": "", "routing_key": queue},
            "delivery_mode": 2,
            "delivery_tag": str(uuid.uuid4()),
            "body_encoding": "base64",
            "priority": 0,
        },
    }
