"""The webhook service: a request becomes a visitor's message, its answer a POST to the callback URL."""

import hashlib
import uuid

from django.db import transaction

from chats import inbox
from chats.models import ApiKey, Contact, Delivery, Message, WebhookTask


class IdempotencyMismatch(ValueError):
    """The same Idempotency-Key came before with another message."""


def accept_request(
    *, text: str, callback_url: str, api_key: ApiKey | None, idempotency_key: str | None = None
) -> WebhookTask:
    """Stores one request and returns its task; a repeat of the same idempotency key returns the first task.

    History is kept for each callback URL, and of each key apart. Raises inbox.BadText, IdempotencyMismatch.
    """
    owner = api_key.prefix if api_key else ""
    contact, _ = Contact.objects.get_or_create(
        channel="webhook",
        external_id=hashlib.sha256(f"{owner} {callback_url}".encode()).hexdigest(),
        defaults={"api_key": api_key, "name": callback_url[:200], "meta": {"callback_url": callback_url}},
    )
    client_id = uuid.uuid5(uuid.NAMESPACE_URL, f"{contact.pk} {idempotency_key}") if idempotency_key else None
    with transaction.atomic():
        receipt = inbox.receive_message(contact=contact, text=text, client_id=client_id)
        if receipt.created:
            return WebhookTask.objects.create(request=receipt.message)
    if receipt.message.text != inbox.clean_text(text):
        raise IdempotencyMismatch("This Idempotency-Key has been used for another message.")
    return WebhookTask.objects.get(request=receipt.message)


def state_of(task: WebhookTask) -> str:
    """processing: the LLM is at it; delivering: the reply is on its way; delivered; failed: given up."""
    response: Message | None = task.response()
    if response is None:
        return "processing"
    delivery = Delivery.objects.filter(message=response).first()
    words = {Delivery.State.SENT: "delivered", Delivery.State.FAILED: "failed"}
    return words.get(delivery.state, "delivering") if delivery else "delivering"
