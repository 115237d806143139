"""The Celery app. The broker carries hints only: PostgreSQL is the queue of record."""

import os
import threading

from celery import Celery
from celery.signals import setup_logging, task_postrun, task_prerun, worker_init, worker_shutting_down

import config.broker  # replaces the transport
import config.heartbeat  # noqa: F401 - connects to Celery's signals
from config.worker_events import EventsInBatches

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

app = Celery("switchboard", amqp="config.reconnecting:EagerAMQP")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
app.steps["consumer"].add(EventsInBatches)

_bound = threading.local()


@setup_logging.connect
def _log_as_django_does(**_) -> None:
    """Leaves logging to settings.LOGGING: the same lines from every process."""


@task_prerun.connect
def _bind_request(task=None, task_id=None, **_) -> None:
    from chats.log_context import bound

    _bound.context = bound(request_id=task.request.get("request_id"), task=task.name)
    _bound.context.__enter__()


@task_postrun.connect
def _unbind_request(**_) -> None:
    context = getattr(_bound, "context", None)
    if context is not None:
        context.__exit__(None, None, None)
        _bound.context = None


@worker_init.connect
def _warm_up(**_) -> None:
    """Loads the LLM's client and the detectors before the first task comes: after a crash nobody should wait for an
    import, and many threads at once would each load the same."""
    from llm.handoff import detect_cannot, detect_request
    from llm.providers import get_provider

    get_provider()
    for language in ("ru", "en"):
        detect_request("Привет, hello!", language)
        detect_cannot("Привет, hello!", language)


@worker_init.connect
def _show_metrics(**_) -> None:
    from config.metrics_server import serve_metrics

    serve_metrics()


@worker_shutting_down.connect
def _finish_or_give_back(**_) -> None:
    """A worker told to stop begins nothing new and finishes what it can; what is left near the end of the grace period
    it gives back to the others. Celery's threads would wait for an LLM as long as that takes."""
    from django.conf import settings

    from chats import leases

    def give_back() -> None:
        try:
            leases.release_all()
        finally:
            os._exit(0)

    leases.take_no_more()
    timer = threading.Timer(settings.SHUTDOWN_GRACE_SECONDS, give_back)
    timer.daemon = True
    timer.start()
