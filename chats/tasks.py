"""Celery tasks: thin doors to functions that can be called without Celery."""

from celery import shared_task

from chats import answering, health, outbox, privacy, sweeps, typing
from chats.analytics.export import export_events
from chats.log_context import bound


@shared_task(name="chats.answer_conversation", queue="answers")
def answer_conversation(conversation_id: int) -> None:
    with bound(conversation_id=conversation_id):
        answering.answer_conversation(conversation_id=conversation_id)


@shared_task(name="chats.flush_address", queue="deliveries")
def flush_address(channel: str, address: str) -> None:
    outbox.flush_address(channel=channel, address=address)


@shared_task(name="chats.sweep")
def sweep() -> None:
    if sweeps.takes_turn("engine"):
        sweeps.sweep()
    health.worker_is_alive()


@shared_task(name="chats.close_idle")
def close_idle() -> None:
    sweeps.close_idle()


@shared_task(name="chats.export_analytics")
def export_analytics() -> None:
    export_events()


@shared_task(name="chats.forget_old")
def forget_old() -> None:
    privacy.forget_old()


@shared_task(name="chats.show_visitor_typing")
def show_visitor_typing(token_hash: str) -> None:
    typing.show_visitor_typing(token_hash=token_hash)


@shared_task(name="chats.show_operator_typing")
def show_operator_typing(conversation_id: int) -> None:
    typing.show_operator_typing(conversation_id=conversation_id)
