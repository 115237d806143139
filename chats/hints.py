"""Tells the workers that there is something to do. A lost hint costs one sweep, never a message."""

import logging

from celery import current_app
from django.db import transaction

from chats.log_context import current_request_id

logger = logging.getLogger(__name__)


def hint_answer(conversation_id: int) -> None:
    """Once the transaction commits: somebody should answer this conversation."""
    _on_commit("chats.answer_conversation", [conversation_id], queue="answers")


def hint_flush(channel: str, address: str) -> None:
    """Once the transaction commits: something is to be sent to this address."""
    _on_commit("chats.flush_address", [channel, address], queue="deliveries")


def hint(task: str, *args, queue: str = "default") -> None:
    """Once the transaction commits: enqueue any task by its name."""
    _on_commit(task, list(args), queue=queue)


def _on_commit(task: str, args: list, *, queue: str) -> None:
    transaction.on_commit(lambda: _send(task, args, queue=queue), robust=True)


def _send(task: str, args: list, *, queue: str) -> None:
    try:
        headers = {"request_id": current_request_id()}
        current_app.send_task(task, args=args, queue=queue, headers=headers)
    except Exception as error:  # noqa: BLE001 - whatever the broker's trouble, the sweep finds what is stored
        logger.warning("no hint for %s: %s", task, error)
