"""How a bot gets its updates: setWebhook and the like, and getUpdates."""

import asyncio
import json
import re
from urllib.parse import urlsplit

from telegram_bot.sandbox.errors import bad_request, conflict
from telegram_bot.sandbox.options import is_loopback

from .methods import Call, Result, method

KINDS = {
    "message", "edited_message", "channel_post", "edited_channel_post", "inline_query", "chosen_inline_result",
    "callback_query", "shipping_query", "pre_checkout_query", "poll", "poll_answer", "my_chat_member", "chat_member",
    "chat_join_request", "message_reaction", "message_reaction_count", "chat_boost", "removed_chat_boost",
    "business_connection", "business_message", "edited_business_message", "deleted_business_messages",
    "purchased_paid_media",
}  # fmt: skip
MAX_POLL_SECONDS = 50


@method("setWebhook")
def set_webhook(call: Call) -> Result:
    """Where updates go from now on. An empty url removes the webhook."""
    url = call.params.text("url").strip()
    if not url:
        return delete_webhook(call)
    _check_url(url, call.world.options.allow_remote)
    secret = call.params.text("secret_token")
    if len(secret) > 256:
        raise bad_request("secret token is too long")
    if not re.match(r"^[A-Za-z0-9_-]*$", secret):
        raise bad_request("secret token contains unallowed characters")
    store = call.world.store
    before = store.bots.get(call.bot.id)["webhook"]
    webhook = {
        "url": url,
        "secret_token": secret,
        "max_connections": min(max(call.params.integer("max_connections", 40), 1), 100),
        "has_custom_certificate": "certificate" in call.params.files,
        "ip_address": call.params.text("ip_address"),
    }
    _write_allowed_updates(call)
    if call.params.boolean("drop_pending_updates"):
        store.updates.delete_all(call.bot.id)
    same = before is not None and all(before.get(key) == value for key, value in webhook.items())
    store.bots.set(call.bot.id, webhook=webhook)
    call.world.poller.interrupt(call.bot.id, "Conflict: terminated by setWebhook request")
    call.world.courier.restart(call.bot)
    call.world.events.publish("bots", bot=call.bot.name)
    return Result(True, "Webhook is already set" if same else "Webhook was set")


@method("deleteWebhook")
def delete_webhook(call: Call) -> Result:
    """From now on getUpdates works; what waits stays unless it is to be dropped."""
    store = call.world.store
    before = store.bots.get(call.bot.id)["webhook"]
    if call.params.boolean("drop_pending_updates"):
        store.updates.delete_all(call.bot.id)
    store.bots.set(call.bot.id, webhook=None)
    call.world.courier.restart(call.bot)
    call.world.events.publish("bots", bot=call.bot.name)
    return Result(True, "Webhook was deleted" if before else "Webhook is already deleted")


@method("getWebhookInfo")
def get_webhook_info(call: Call) -> dict:
    """What is set, what waits, and what went wrong last."""
    return webhook_info(call.world, call.bot)


def webhook_info(world, bot) -> dict:
    """A WebhookInfo; the secret is not in it."""
    row = world.store.bots.get(bot.id)
    webhook = row["webhook"] or {}
    info = {
        "url": webhook.get("url", ""),
        "has_custom_certificate": webhook.get("has_custom_certificate", False),
        "pending_update_count": world.store.updates.count(bot.id),
    }
    for key in ("max_connections", "ip_address", "last_error_date", "last_error_message"):
        if webhook.get(key):
            info[key] = webhook[key]
    if row["allowed_updates"]:
        info["allowed_updates"] = row["allowed_updates"]
    return info


@method("getUpdates")
async def get_updates(call: Call) -> list[dict]:
    """Long polling. A second poll ends the first; with a webhook it is refused."""
    world, bot = call.world, call.bot
    if world.store.bots.get(bot.id)["webhook"]:
        raise conflict(
            "can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first"
        )
    _write_allowed_updates(call)
    offset = call.params.integer("offset")
    limit = call.params.integer("limit", 100)
    limit = limit if 1 <= limit <= 100 else 100
    timeout = min(max(call.params.integer("timeout"), 0), MAX_POLL_SECONDS)
    if offset < 0:
        last = world.store.updates.last_ids(bot.id, -offset)
        offset = last[-1] if last else 0
    _confirm(world, bot, offset)
    return await world.poller.wait(bot, offset, limit, timeout)


def _confirm(world, bot, offset: int) -> None:
    """What lies before the offset has arrived; unless a fault wants it delivered again."""
    for row in world.store.updates.waiting(bot.id, offset=0, limit=1000):
        if (
            row["update_id"] < offset
            and row["repeats"] == 0
            and (again := world.faults.redeliveries(bot.name))
        ):
            world.store.updates.set_repeats(bot.id, row["update_id"], again)
    world.store.updates.confirm_before(bot.id, offset)


class Poller:
    """Who is in a long poll now: one for each bot."""

    def __init__(self, world):
        self.world = world
        self._waiting: dict[int, asyncio.Future] = {}
        self._ended = False

    def wake(self, bot_id: int) -> None:
        """There may be something new."""
        future = self._waiting.get(bot_id)
        if future and not future.done():
            future.set_result(None)

    def end(self) -> None:
        """The process stops: every poll is answered with nothing."""
        self._ended = True
        for bot_id in list(self._waiting):
            self.wake(bot_id)

    def interrupt(self, bot_id: int, reason: str) -> None:
        """End a poll with 409."""
        future = self._waiting.get(bot_id)
        if future and not future.done():
            future.set_exception(conflict(reason.removeprefix("Conflict: ")))

    async def wait(self, bot, offset: int, limit: int, timeout: float) -> list[dict]:
        """Updates as soon as there are any, or an empty list after `timeout` seconds."""
        self.interrupt(
            bot.id, "terminated by other getUpdates request; make sure that only one bot instance is running"
        )
        loop = asyncio.get_running_loop()
        deadline = loop.time() + timeout
        while True:
            updates = self._take(bot, offset, limit)
            left = deadline - loop.time()
            if updates or left <= 0 or self._ended:
                return updates
            future = self._waiting[bot.id] = loop.create_future()
            try:
                await asyncio.wait_for(future, left)
            except TimeoutError:
                return []
            finally:
                if self._waiting.get(bot.id) is future:
                    del self._waiting[bot.id]

    def _take(self, bot, offset: int, limit: int) -> list[dict]:
        rows = self.world.store.updates.waiting(bot.id, offset=offset, limit=limit)
        for row in rows:
            if row["repeats"] and row["update_id"] < offset:
                if row["repeats"] > 1:
                    self.world.store.updates.set_repeats(bot.id, row["update_id"], row["repeats"] - 1)
                else:
                    self.world.store.updates.delete(bot.id, row["update_id"])
        return [{"update_id": row["update_id"], row["kind"]: json.loads(row["payload"])} for row in rows]


def _write_allowed_updates(call: Call) -> None:
    """Not given: as it was. An empty list: the default kinds. Unknown kinds are ignored."""
    allowed = call.params.json("allowed_updates", "allowed updates")
    if allowed is None:
        return
    if not isinstance(allowed, list):
        raise bad_request("can't parse allowed updates: expected an Array of String")
    known = [kind for kind in allowed if kind in KINDS]
    call.world.store.bots.set(call.bot.id, allowed_updates=known or None)


def _check_url(url: str, allow_remote: bool) -> None:
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
    except ValueError:
        raise bad_request("bad webhook: Wrong HTTP URL") from None
    if not host or parts.scheme not in ("http", "https"):
        raise bad_request("bad webhook: An HTTPS URL must be provided for webhook")
    if parts.scheme == "http" and not allow_remote and not is_loopback(host):
        raise bad_request("bad webhook: An HTTPS URL must be provided for webhook")
