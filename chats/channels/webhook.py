"""The webhook service: the reply is POSTed to the callback URL that came with the request."""

import json
from datetime import timedelta
from functools import cache
from urllib.parse import urlsplit

import httpx

from chats import public_address
from chats.channels.base import Channel, PermanentDeliveryError, TemporaryDeliveryError
from chats.models import Delivery, Message, WebhookTask
from chats.signing import sign

TIMEOUT = httpx.Timeout(10, connect=5)  # seconds; the callback's owner has this long to take the reply
LONGEST_RETRY_AFTER = timedelta(hours=1)


class WebhookChannel(Channel):
    purpose = "webhook"
    answers_together = False

    def payloads(self, message: Message, address: str) -> list[dict]:
        task = WebhookTask.objects.filter(
            request__contact_id=message.contact_id, request__seq=message.answers
        ).first()
        if task is None:
            return []  # nobody asked for it: a notice of ours has no task to be the reply of
        url = message.contact.meta["callback_url"]
        return [{"url": url, "body": {"generated_response": message.text, "task_id": str(task.pk)}}]

    def send(self, delivery: Delivery) -> str:
        url, task_id = delivery.payload["url"], delivery.payload["body"]["task_id"]
        body = json.dumps(delivery.payload["body"], ensure_ascii=False).encode()
        try:
            response = _post(url, body, {"Idempotency-Key": task_id, "X-Switchboard-Signature": sign(body)})
        except public_address.UnknownHost as error:
            raise TemporaryDeliveryError(str(error)) from error
        except public_address.ForbiddenAddress as error:
            raise PermanentDeliveryError(str(error)) from error
        except (httpx.TransportError, httpx.InvalidURL) as error:
            raise TemporaryDeliveryError(f"{type(error).__name__}: {error}") from error
        if response.is_success:
            return str(response.status_code)
        if response.status_code == 429 or response.status_code >= 500:
            raise TemporaryDeliveryError(f"HTTP {response.status_code}", retry_after=_retry_after(response))
        raise PermanentDeliveryError(f"HTTP {response.status_code}")


def _post(url: str, body: bytes, headers: dict[str, str]) -> httpx.Response:
    """POSTs to the one address that has just been checked; the name goes into Host and into the TLS handshake."""
    address = public_address.check_url(url)
    parts = urlsplit(url)
    literal = f"[{address}]" if address.version == 6 else str(address)
    target = parts._replace(netloc=f"{literal}:{parts.port}" if parts.port else literal, fragment="").geturl()
    headers = {
        "Host": parts.netloc,
        "Content-Type": "application/json",
        "User-Agent": "Switchboard",
        **headers,
    }
    extensions = {"sni_hostname": parts.hostname}
    with _client().stream("POST", target, content=body, headers=headers, extensions=extensions) as response:
        return response  # the status is all we want: the body of somebody else's answer is not read


def _retry_after(response: httpx.Response) -> timedelta | None:
    value = response.headers.get("Retry-After", "")
    return (
        min(timedelta(seconds=int(value[:9])), LONGEST_RETRY_AFTER)
        if value.isascii() and value.isdigit()
        else None
    )


@cache
def _client() -> httpx.Client:
    # No proxies from the environment (they would resolve the name again), no redirects.
    return httpx.Client(timeout=TIMEOUT, follow_redirects=False, trust_env=False)
