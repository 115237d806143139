"""Caps on what language models may cost: for a conversation, a visitor's day, and the site's day.

Spending is summed in Redis and rebuilt from the log of calls when Redis has lost it. The caps are soft: answers
under way when a cap is reached are still finished.
"""

from datetime import datetime
from decimal import Decimal

from django.conf import settings
from django.db.models import F, Sum
from django.utils import timezone

from llm.memory import RedisError, get_redis
from llm.models import LLMCall

COUNTER_SECONDS = 2 * 86_400
MICRO = Decimal(1_000_000)  # costs are counted in millionths, as Redis adds whole numbers exactly


def spent_cap(*, conversation_id: int | None, contact_id: int | None) -> str | None:
    """Return the name of the cap that is spent ("conversation", "visitor", "site"), or None."""
    for name, cap, key, calls, what in _scopes(conversation_id, contact_id):
        if cap and _spent(key, calls, what) >= (cap * MICRO if what == "cost" else cap):
            return name
    return None


def count_spending(call: LLMCall) -> None:
    """Add a finished call to the counters that exist; a missing one is rebuilt from the log when it is asked for."""
    tokens, cost = call.prompt_tokens + call.completion_tokens, int(call.cost * MICRO)
    try:
        redis = get_redis()
        for _, cap, key, _, what in _scopes(call.conversation_id, call.contact_id):
            amount = cost if what == "cost" else tokens
            if cap and amount and redis.exists(key):
                redis.incrby(key, amount)
    except RedisError:
        pass


def start_of_day() -> datetime:
    """Midnight of today, in the time zone of the site."""
    return timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)


def _scopes(conversation_id: int | None, contact_id: int | None):
    """Each cap: its name, its size, the key of its counter, the calls it sums, and what it sums of them."""
    midnight = start_of_day()
    day, calls = midnight.date().isoformat(), LLMCall.objects.order_by()
    if conversation_id is not None:
        cap = settings.LLM_CONVERSATION_TOKENS
        yield (
            "conversation",
            cap,
            _key("conversation", conversation_id),
            calls.of_conversation(conversation_id),
            "tokens",
        )
    if contact_id is not None:
        cap = settings.LLM_VISITOR_DAY_TOKENS
        yield (
            "visitor",
            cap,
            _key("visitor", contact_id, day),
            calls.of_contact(contact_id).since(midnight),
            "tokens",
        )
    yield "site", settings.LLM_SITE_DAY_TOKENS, _key("site", "tokens", day), calls.since(midnight), "tokens"
    yield "site", settings.LLM_SITE_DAY_COST, _key("site", "cost", day), calls.since(midnight), "cost"


def _spent(key: str, calls, what: str) -> int:
    try:
        redis = get_redis()
        counted = redis.get(key)
        if counted is None:
            counted = _sum(calls, what)
            redis.set(key, counted, nx=True, ex=COUNTER_SECONDS)
        return int(counted)
    except RedisError:
        return _sum(calls, what)


def _sum(calls, what: str) -> int:
    if what == "cost":
        return int((calls.aggregate(sum=Sum("cost"))["sum"] or 0) * MICRO)
    return calls.aggregate(sum=Sum(F("prompt_tokens") + F("completion_tokens")))["sum"] or 0


def _key(*parts: object) -> str:
    return ":".join(("llm", "spent", *map(str, parts)))
