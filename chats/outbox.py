"""The outbox: what is to leave is stored with its cause, and sent strictly in order for each address."""

import logging
import uuid
from datetime import timedelta

from django.db import connection, transaction
from django.db.models import F
from django.db.models.functions import Now
from django.utils import timezone

from chats import hints, leases, metrics
from chats.channels import PermanentDeliveryError, TemporaryDeliveryError, get_channel
from chats.models import Delivery, Message
from chats.outages import outlast
from chats.printable import printable
from chats.signals import delivery_failed

logger = logging.getLogger(__name__)

GIVE_UP_AFTER = timedelta(hours=24)
SHORT_PAUSE = timedelta(seconds=3)  # with the sweep that finds it due: a conversation goes on within ten
LONGEST_PAUSE = timedelta(minutes=5)
SENT_IN_A_ROW = 50  # then the address goes to the end of the queue, so that others get their turn


def deliver(message: Message, *, channel: str, address: str) -> None:
    """Stores the deliveries that show a message at an address. To be called in the message's transaction."""
    for part, payload in enumerate(get_channel(channel).payloads(message, address)):
        enqueue(
            channel=channel,
            address=address,
            payload=payload,
            dedupe_key=f"message:{message.pk}:{channel}:{part}",
            conversation_id=message.conversation_id,
            message=message,
        )


def enqueue(
    *,
    channel: str,
    address: str,
    payload: dict,
    dedupe_key: str,
    conversation_id: int | None = None,
    message: Message | None = None,
) -> None:
    """Stores one thing to be sent; a second one with the same key changes nothing."""
    delivery = Delivery(
        channel=channel,
        address=address,
        payload=payload,
        dedupe_key=dedupe_key,
        conversation_id=conversation_id,
        message=message,
    )
    Delivery.objects.bulk_create([delivery], ignore_conflicts=True)
    hints.hint_flush(channel, address)


def flush_address(*, channel: str, address: str) -> int:
    """Sends what is due to one address, oldest first, and returns how many were sent.

    Only the oldest pending row of an address can be taken, and nobody else can while it is leased: that alone keeps
    the order, whatever number of workers flush the address at once.
    """
    sent = 0
    while delivery := _take_head(channel, address):
        if not _send(delivery):
            break
        sent += 1
        if sent == SENT_IN_A_ROW:
            hints.hint_flush(channel, address)
            break
    return sent


def retry_failed(*, delivery_ids: list[int]) -> int:
    """Puts deliveries that were given up back in the queue, and returns how many."""
    with transaction.atomic():
        count = (
            Delivery.objects.failed()
            .filter(pk__in=delivery_ids)
            .update(
                state=Delivery.State.PENDING,
                next_attempt_at=Now(),
                created_at=timezone.now(),
                attempts=0,
            )
        )
        for channel, address in set(
            Delivery.objects.filter(pk__in=delivery_ids).values_list("channel", "address")
        ):
            hints.hint_flush(channel, address)
    return count


def _take_head(channel: str, address: str) -> Delivery | None:
    head = Delivery.objects.pending().filter(channel=channel, address=address).order_by("pk").first()
    if head is None or not leases.may_take():
        return None
    token = uuid.uuid4()
    taken = (
        Delivery.objects.due()
        .filter(pk=head.pk)
        .update(lease_token=token, lease_until=leases.lease_end(), attempts=F("attempts") + 1)
    )
    if not taken:
        return None  # it has to wait, or somebody else is sending it
    head.lease_token, head.attempts = token, head.attempts + 1
    return head


def _send(delivery: Delivery) -> bool:
    """Sends one leased delivery and records the outcome. True when the next one may follow."""
    with leases.kept(delivery, delivery.lease_token):
        if not connection.in_atomic_block:
            connection.close()  # nobody holds a database connection while the network takes its time
        try:
            external_id = get_channel(delivery.channel).send(delivery)
        except TemporaryDeliveryError as error:
            return outlast(lambda error=error: _postpone(delivery, error))
        except PermanentDeliveryError as error:
            return outlast(lambda error=error: _fail(delivery, str(error)))
        except Exception as error:
            logger.exception("delivery %s", delivery.pk)
            unforeseen = TemporaryDeliveryError(f"{type(error).__name__}: {error}")
            return outlast(lambda: _postpone(delivery, unforeseen))
        outlast(lambda: _arrived(delivery, str(external_id or "")))
        metrics.DELIVERIES.labels(delivery.channel, "sent").inc()
        return True


def _arrived(delivery: Delivery, external_id: str) -> None:
    with transaction.atomic():
        sent = {"state": Delivery.State.SENT, "external_id": external_id, "sent_at": Now(), "error": ""}
        if _record(delivery, **sent):
            get_channel(delivery.channel).on_sent(delivery)


def _postpone(delivery: Delivery, error: TemporaryDeliveryError) -> bool:
    if error.retry_after is None and _is_too_old(delivery):
        return _fail(delivery, str(error))
    pause = error.retry_after or pause_after(delivery.attempts)
    _record(delivery, next_attempt_at=Now() + pause, error=printable(str(error))[:500])
    metrics.DELIVERIES.labels(delivery.channel, "retried").inc()
    return False


def pause_after(attempts: int) -> timedelta:
    """How long to wait after so many attempts: about an eighth of the time tried so far, so that an outage of half a
    minute costs no more than SHORT_PAUSE beyond its end, and one of an hour no more than LONGEST_PAUSE."""
    growing = SHORT_PAUSE * 1.125 ** max(0, min(attempts, 100) - 10)
    return min(timedelta(seconds=2 ** min(attempts - 1, 10)), growing, LONGEST_PAUSE)


def _is_too_old(delivery: Delivery) -> bool:
    """By the database's clock: a machine whose clock has jumped a day ahead must not give anything up."""
    return Delivery.objects.filter(pk=delivery.pk, created_at__lt=Now() - GIVE_UP_AFTER).exists()


def _fail(delivery: Delivery, error: str) -> bool:
    error = printable(error)[:500]  # neither PostgreSQL nor a log takes every letter that others send
    logger.warning("delivery %s to %s given up: %s", delivery.pk, delivery.channel, error)
    if _record(delivery, state=Delivery.State.FAILED, error=error):
        metrics.DELIVERIES.labels(delivery.channel, "failed").inc()
        delivery_failed.send_robust(Delivery, delivery=delivery)
    return True


def _record(delivery: Delivery, **changes) -> bool:
    """Writes the outcome and ends the lease, if it is still ours."""
    return bool(
        Delivery.objects.filter(pk=delivery.pk, lease_token=delivery.lease_token).update(
            lease_until=None, lease_token=None, **changes
        )
    )
