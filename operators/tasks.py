"""Celery tasks: thin doors to functions that can be called without Celery."""

from celery import shared_task

from chats.sweeps import takes_turn
from operators import failures, queue, routing, summaries


@shared_task(name="operators.sync_handoff")
def sync_handoff(conversation_id: int) -> None:
    queue.sync_handoff(conversation_id=conversation_id)


@shared_task(name="operators.summarise")
def summarise(handoff_id: int) -> None:
    summaries.summarise_handoff(handoff_id=handoff_id)


@shared_task(name="operators.sweep")
def sweep() -> None:
    if takes_turn("desk"):
        queue.sweep()
        failures.sweep_failures()
        routing.expire_held()
