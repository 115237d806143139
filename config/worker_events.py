"""Celery's task events, for Flower, in batches: a message to Redis for each would cost as much as a database query."""

from celery import bootsteps

FLUSHED_SECONDS = 0.5
MOST_BUFFERED = 1000  # then they leave at once


class EventsInBatches(bootsteps.StartStopStep):
    """Replaces the flush after every event by one every half second, on the worker's own event loop."""

    requires = {"celery.worker.consumer.events:Events"}

    def __init__(self, consumer, **options):
        super().__init__(consumer, **options)
        self._timer = None

    def start(self, consumer):
        dispatcher = consumer.event_dispatcher
        if consumer.hub and dispatcher:
            dispatcher.on_send_buffered, dispatcher.buffer_limit = None, MOST_BUFFERED
            self._timer = consumer.hub.call_repeatedly(FLUSHED_SECONDS, dispatcher.flush)

    def stop(self, consumer):
        if self._timer:
            self._timer.cancel()
            self._timer = None
