"""Webhooks: every chat has its own queue, strictly in order; callback queries have another one.

Retries follow Telegram's server: the first at once, then 2, 4, 8 ... seconds up to a minute, or what the answer's
Retry-After says; an update is given up when it expires (24 hours, a callback query 150 seconds)."""

import asyncio
import json
import logging
import ssl
import time
from contextlib import suppress
from urllib.parse import parse_qsl

import httpx

from .errors import BotApiError
from .options import BotSpec

logger = logging.getLogger("sandbox")
READ_TIMEOUT = 60.0
# Telegram refuses these in the answer to a webhook.
NOT_IN_AN_ANSWER = ("setwebhook", "deletewebhook", "close", "logout")


class Courier:
    """Delivers updates to webhooks, one task for each queue that has something in it."""

    def __init__(self, world):
        self.world = world
        self._tasks: dict[tuple[int, str], asyncio.Task] = {}
        self._doors: dict[int, asyncio.Semaphore] = {}
        self._changed: dict[int, asyncio.Event] = {}
        self._client: httpx.AsyncClient | None = None

    def notify(self, bot: BotSpec, queue: str) -> None:
        """There is something in a queue."""
        if self.world.store.bots.get(bot.id)["webhook"] is None or (bot.id, queue) in self._tasks:
            return
        self._doors.setdefault(bot.id, asyncio.Semaphore(self._max_connections(bot.id)))
        self._changed.setdefault(bot.id, asyncio.Event())
        task = asyncio.get_running_loop().create_task(self._empty(bot, queue))
        self._tasks[(bot.id, queue)] = task
        task.add_done_callback(lambda _: self._done(bot, queue, task))

    def restart(self, bot: BotSpec) -> None:
        """The webhook was changed: queues that wait for a retry look again."""
        self._doors[bot.id] = asyncio.Semaphore(self._max_connections(bot.id))
        self._changed.setdefault(bot.id, asyncio.Event()).set()
        self._changed[bot.id] = asyncio.Event()
        for queue in self.world.store.updates.queues(bot.id):
            self.notify(bot, queue)

    def restart_all(self) -> None:
        for bot in self.world.options.bots:
            self.restart(bot)

    async def stop(self) -> None:
        for task in list(self._tasks.values()):
            task.cancel()
        if self._client:
            await self._client.aclose()

    def _done(self, bot: BotSpec, queue: str, task: asyncio.Task) -> None:
        if self._tasks.get((bot.id, queue)) is task:
            del self._tasks[(bot.id, queue)]
        if task.cancelled():
            return
        if task.exception():
            logger.error("delivering to %s broke off", bot.name, exc_info=task.exception())
        elif self.world.store.updates.next_of(bot.id, queue):
            self.notify(bot, queue)

    def _max_connections(self, bot_id: int) -> int:
        webhook = self.world.store.bots.get(bot_id)["webhook"]
        return (webhook or {}).get("max_connections", 40)

    async def _empty(self, bot: BotSpec, queue: str) -> None:
        """Deliver until the queue is empty or the webhook is gone."""
        attempt, delay, current = 0, self.world.options.retry_base, None
        while True:
            webhook = self.world.store.bots.get(bot.id)["webhook"]
            update = self.world.store.updates.next_of(bot.id, queue)
            if webhook is None or update is None:
                return
            if update["update_id"] != current:
                attempt, delay, current = 0, self.world.options.retry_base, update["update_id"]
            if time.time() > update["expires_at"]:
                self.world.store.updates.delete(bot.id, current)
                continue
            pause = self.world.faults.seconds_without_webhook(bot.name)
            if pause > 0:
                await self._sleep(bot, pause)
                continue
            attempt += 1
            retry_after = await self._attempt(bot, webhook, update, attempt)
            if retry_after is None:
                self._accepted(bot, update)
            else:
                if retry_after == 0 and attempt > 1:
                    delay = min(self.world.options.retry_max, delay * 2)
                    retry_after = delay
                if time.time() + retry_after > update["expires_at"]:
                    self.world.store.updates.delete(bot.id, current)
                else:
                    await self._sleep(bot, retry_after)

    def _accepted(self, bot: BotSpec, update: dict) -> None:
        repeats = update["repeats"] or self.world.faults.redeliveries(bot.name) + 1
        if repeats > 1:
            self.world.store.updates.set_repeats(bot.id, update["update_id"], repeats - 1)
        else:
            self.world.store.updates.delete(bot.id, update["update_id"])

    async def _sleep(self, bot: BotSpec, seconds: float) -> None:
        with suppress(TimeoutError):
            await asyncio.wait_for(self._changed[bot.id].wait(), seconds)

    async def _attempt(self, bot: BotSpec, webhook: dict, update: dict, attempt: int) -> float | None:
        """None when accepted, else the seconds that the answer asked to wait (0: it did not say)."""
        body = json.dumps({"update_id": update["update_id"], update["kind"]: json.loads(update["payload"])})
        headers = {"Content-Type": "application/json"}
        if webhook.get("secret_token"):
            headers["X-Telegram-Bot-Api-Secret-Token"] = webhook["secret_token"]
        status, error, retry_after, answer = None, None, 0.0, None
        async with self._doors[bot.id]:
            try:
                answer = await self._http().post(webhook["url"], content=body, headers=headers)
                status = answer.status_code
            except httpx.TimeoutException:
                error = "Read timeout expired"
            except httpx.ConnectError:
                error = "Connection refused"
            except (httpx.HTTPError, httpx.InvalidURL):
                error = "Webhook connection closed"
        if answer is not None and not answer.is_success:
            error = f"Wrong response from the webhook: {status} {answer.reason_phrase}"
            asked = answer.headers.get("retry-after", "")
            retry_after = min(float(asked), 3600.0) if asked.isdigit() else 0.0
        self.world.journal.add(
            "deliveries",
            bot=bot.name,
            update_id=update["update_id"],
            kind=update["kind"],
            attempt=attempt,
            status=status,
            error=error,
        )
        if error:
            self._remember_error(bot, error)
            return retry_after
        await self._do_what_it_answers(bot, answer)
        return None

    def _remember_error(self, bot: BotSpec, error: str) -> None:
        webhook = self.world.store.bots.get(bot.id)["webhook"]
        if webhook:
            webhook |= {"last_error_date": int(time.time()), "last_error_message": error}
            self.world.store.bots.set(bot.id, webhook=webhook)

    async def _do_what_it_answers(self, bot: BotSpec, answer: httpx.Response) -> None:
        """The answer to a webhook may be a method; what comes of it is told to nobody."""
        from .bot_api import call_method

        try:
            is_json = "json" in answer.headers.get("content-type", "")
            params = answer.json() if is_json else dict(parse_qsl(answer.text))
        except ValueError:
            return
        method = str(params.pop("method", "")) if isinstance(params, dict) else ""
        if not method or method.lower().startswith("get") or method.lower() in NOT_IN_AN_ANSWER:
            return
        try:
            result = await call_method(self.world, bot, method, params)
            status, response = 200, {"ok": True, "result": result.value}
        except BotApiError as refused:
            status, response = refused.code, refused.as_json()
        self.world.journal.add(
            "calls", bot=bot.name, method=method, params=params, chat=params.get("chat_id"), status=status,
            response=response, by="webhook",
        )  # fmt: skip

    def _http(self) -> httpx.AsyncClient:
        if self._client is None:
            verify = ssl.create_default_context()
            if self.world.options.insecure_webhooks:
                verify.check_hostname, verify.verify_mode = False, ssl.CERT_NONE
            self._client = httpx.AsyncClient(
                verify=verify,
                timeout=httpx.Timeout(READ_TIMEOUT, connect=10.0),
                limits=httpx.Limits(max_connections=None, max_keepalive_connections=100),
                trust_env=False,
            )
        return self._client
