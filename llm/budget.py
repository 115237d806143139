"""Caps on what language models may cost: for a conversation, a visitor's day, and the site's day.

Spending is summed in Redis and rebuilt from the log of calls when Redis has lost it. The caps are soft: answers
under way when a cap is reached are still finished.
"""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.conf import settings
from django.db.models import F, QuerySet, Sum
from django.utils import timezone

from llm.memory import RedisError, get_redis
from llm.models import LLMCall

COUNTER_SECONDS = 2 * 86_400
MICRO = Decimal(1_000_000)  # costs are counted in millionths, as Redis adds whole numbers exactly


@dataclass(frozen=True, slots=True)
class _Scope:
    """One cap: what is summed over which calls, and where the sum is kept."""

    name: str
    cap: int | Decimal
    key: str
    calls: Callable[[], QuerySet]  # built only where Redis has lost the sum
    costs: bool = False  # in millionths; else tokens

    @property
    def size(self) -> int | Decimal:
        return self.cap * MICRO if self.costs else self.cap


def spent_cap(*, conversation_id: int | None, contact_id: int | None) -> str | None:
    """Return the name of the cap that is spent ("conversation", "visitor", "site"), or None."""
    scopes = _scopes(conversation_id, contact_id)
    if not scopes:
        return None
    try:
        counted = get_redis().mget([scope.key for scope in scopes])
    except RedisError:
        counted = [None] * len(scopes)
    for scope, spent in zip(scopes, counted, strict=True):
        if int(_rebuilt(scope) if spent is None else spent) >= scope.size:
            return scope.name
    return None


def count_spending(call: LLMCall) -> None:
    """Add a finished call to the counters that exist; a missing one is rebuilt from the log when it is asked for."""
    tokens, cost = call.prompt_tokens + call.completion_tokens, int(call.cost * MICRO)
    amounts = {
        scope.key: cost if scope.costs else tokens for scope in _scopes(call.conversation_id, call.contact_id)
    }
    keys = [key for key, amount in amounts.items() if amount]
    if not keys:
        return
    with suppress(RedisError):
        there = get_redis().pipeline(transaction=False)
        for key in keys:
            there.exists(key)
        counting = get_redis().pipeline(transaction=False)
        for key, exists in zip(keys, there.execute(), strict=True):
            if exists:
                counting.incrby(key, amounts[key])
        counting.execute()


def start_of_day() -> datetime:
    """Midnight of today, in the time zone of the site."""
    return timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)


def _scopes(conversation_id: int | None, contact_id: int | None) -> list[_Scope]:
    """The caps that are set."""
    midnight, log, scopes = start_of_day(), LLMCall.objects, []
    day = midnight.date().isoformat()
    if conversation_id is not None:
        cap, key = settings.LLM_CONVERSATION_TOKENS, _key("conversation", conversation_id)
        scopes.append(_Scope("conversation", cap, key, lambda: log.of_conversation(conversation_id)))
    if contact_id is not None:
        cap, key = settings.LLM_VISITOR_DAY_TOKENS, _key("visitor", contact_id, day)
        scopes.append(_Scope("visitor", cap, key, lambda: log.of_contact(contact_id).since(midnight)))
    cap, key = settings.LLM_SITE_DAY_TOKENS, _key("site", "tokens", day)
    scopes.append(_Scope("site", cap, key, lambda: log.since(midnight)))
    cap, key = settings.LLM_SITE_DAY_COST, _key("site", "cost", day)
    scopes.append(_Scope("site", cap, key, lambda: log.since(midnight), costs=True))
    return [scope for scope in scopes if scope.cap]


def _rebuilt(scope: _Scope) -> int:
    """The sum by the log of calls, kept for the next question."""
    spent = _sum(scope)
    with suppress(RedisError):
        get_redis().set(scope.key, spent, nx=True, ex=COUNTER_SECONDS)
    return spent


def _sum(scope: _Scope) -> int:
    calls = scope.calls().order_by()
    if scope.costs:
        return int((calls.aggregate(sum=Sum("cost"))["sum"] or 0) * MICRO)
    return calls.aggregate(sum=Sum(F("prompt_tokens") + F("completion_tokens")))["sum"] or 0


def _key(*parts: object) -> str:
    return ":".join(("llm", "spent", *map(str, parts)))
