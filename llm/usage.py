"""Writes down what each call used and cost."""

import logging
from decimal import Decimal

from django.conf import settings
from django.db import DatabaseError

from llm.budget import count_spending
from llm.models import LLMCall
from llm.providers.base import Usage

logger = logging.getLogger(__name__)
CHARACTERS_A_TOKEN = 3  # a cautious guess for Russian and English together
MILLION = Decimal(1_000_000)


def record_call(
    *,
    provider: str,
    model: str,
    purpose: str,
    conversation_id: int | None,
    contact_id: int | None,
    usage: Usage,
    estimated: bool,
    seconds: float,
    outcome: str,
    error: str = "",
) -> None:
    """Write one row of the log and count it against the budgets; a failure to write never costs the answer."""
    call = LLMCall(
        provider=provider,
        model=model[:120],
        purpose=purpose,
        conversation_id=conversation_id,
        contact_id=contact_id,
        prompt_tokens=usage.prompt_tokens,
        completion_tokens=usage.completion_tokens,
        estimated=estimated,
        cost=price_of(model, usage),
        latency_ms=int(seconds * 1000),
        outcome=outcome,
        error=error[:300].replace("\x00", ""),
    )
    try:
        call.save()
    except DatabaseError:
        logger.exception("a call to %s was not written down", provider)
        return
    count_spending(call)


def estimate_usage(messages: list[dict], text: str) -> Usage:
    """Guess the tokens of a call by its length, for a provider that does not count them."""
    asked = sum(len(message["content"]) for message in messages)
    return Usage(-(-asked // CHARACTERS_A_TOKEN), -(-len(text) // CHARACTERS_A_TOKEN))


def price_of(model: str, usage: Usage) -> Decimal:
    """Return the cost by LLM_PRICES: {"model": [price of a million prompt tokens, of a million answer tokens]}.

    The longest name that the model's begins with counts; a model without a price costs 0.
    """
    names = [name for name in settings.LLM_PRICES if model.startswith(name)]
    if not names:
        return Decimal(0)
    asked, answered = (Decimal(str(price)) for price in settings.LLM_PRICES[max(names, key=len)])
    return (asked * usage.prompt_tokens + answered * usage.completion_tokens) / MILLION
