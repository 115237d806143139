"""What the language model cost, day by day."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from django.db.models import Avg, Count, Q, Sum
from django.db.models.functions import TruncDate

from llm.budget import start_of_day
from llm.models import LLMCall


@dataclass(frozen=True, slots=True, kw_only=True)
class DaySpending:
    """One day; `seconds` is the mean time of a successful call."""

    day: date
    calls: int
    failed: int
    prompt_tokens: int
    completion_tokens: int
    cost: Decimal
    seconds: float


def spending_by_day(*, days: int) -> list[DaySpending]:
    """Return the days on which the model was called, the latest first, today included."""
    failed = Q(outcome=LLMCall.Outcome.FAILED)
    rows = (
        LLMCall.objects.since(start_of_day() - timedelta(days=days - 1))
        .order_by()
        .annotate(day=TruncDate("created_at"))
        .values("day")
        .annotate(
            calls=Count("id"),
            failed=Count("id", filter=failed),
            prompt=Sum("prompt_tokens"),
            completion=Sum("completion_tokens"),
            total=Sum("cost"),
            mean_ms=Avg("latency_ms", filter=~failed),
        )
        .order_by("-day")
    )
    return [
        DaySpending(
            day=row["day"],
            calls=row["calls"],
            failed=row["failed"],
            prompt_tokens=row["prompt"],
            completion_tokens=row["completion"],
            cost=row["total"],
            seconds=(row["mean_ms"] or 0) / 1000,
        )
        for row in rows
    ]
