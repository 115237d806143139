"""The same operations on a small desk and on one with millions of messages stored."""

import os
import statistics
import time
import uuid
from collections.abc import Callable

from django.db import connection

from bench.desk import Desk
from bench.table import Row

SMALL = 2_000
MESSAGES = 2_000_000  # 200,000 conversations
A_CONVERSATION = 10  # messages
TIMES, ROUNDS = 60, 3

# As the models write them; ids come from the sequences, so that what follows goes on from there.
LOAD = """
WITH people AS (
  INSERT INTO chats_contact (channel, external_id, name, username, language, last_seq, handed_out_seq, meta,
    created_at, updated_at)
  SELECT 'web', md5('bench' || n) || md5('visitor' || n), '', '', 'ru', %(each)s, 0, '{{}}', now(), now()
  FROM generate_series(%(first)s, %(last)s) n
  RETURNING id
), talks AS (
  INSERT INTO chats_conversation (contact_id, state, state_since, epoch, visitor_seq, answered_seq, attempts, parked,
    operator_channel, operator_address, operator_name, handoff_reason, handoff_detail, draft, summary, closed_by,
    created_at, last_activity_at)
  SELECT id, 'bot', now(), 0, %(each)s - 1, %(each)s, 0, false, '', '', '', '', '', '', '', '',
    now(), now() - random() * interval '20 hours'
  FROM people RETURNING id, contact_id
)
INSERT INTO chats_message (contact_id, conversation_id, seq, author, operator_name, text, client_id, meta, created_at)
SELECT contact_id, id, seq, CASE WHEN seq %% 2 = 1 THEN 'visitor' ELSE 'bot' END, '',
  'Сколько стоит доставка до Казани, если заказать сегодня? ' || seq,
  CASE WHEN seq %% 2 = 1 THEN gen_random_uuid() END, '{{}}', now()
FROM talks, generate_series(1, %(each)s) seq
"""


def measure(desk: Desk) -> list[Row]:
    """One row: the operation that suffers most."""
    desk.forget()
    messages = int(os.environ.get("BENCH_MESSAGES", MESSAGES))
    _load(SMALL)
    _times()  # plans, connections
    before = _times()
    started = time.monotonic()
    _load(messages, loaded=SMALL)
    loading = time.monotonic() - started
    after = _times()
    desk.forget()
    _load(SMALL)
    again = _times()  # whatever the machine did meanwhile, the calmer of the two is the small desk's time
    before = {name: min(before[name], again[name]) for name in before}
    ratios = {name: after[name] / before[name] for name in before}
    worst = max(ratios, key=ratios.get)
    desk.forget()
    names = ", ".join(f"{name} {ratio:.2f}" for name, ratio in ratios.items())
    return [
        Row(
            topic="large",
            what=f"Poll, post, claim and sweep with {messages:,} messages stored; the slowest: {worst}",
            figure=after[worst],
            floor=before[worst],
            floor_is=f"{SMALL:,} messages",
            unit="ms",
            goal="at most 1.3 times",
            met=ratios[worst] <= 1.3,
            used=ratios[worst] / 1.3,
            note=f"{names}; loaded in {loading:.0f} s",
            more={"before_ms": before, "after_ms": after},
        )
    ]


def _load(messages: int, *, loaded: int = 0) -> None:
    """In batches, as the log of PostgreSQL would grow too large."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SET session_replication_role = replica; SET synchronous_commit = off"
        )  # no checks of keys
        done = loaded
        while done < messages:
            batch = min(200_000, messages - done)
            bounds = {"first": done // A_CONVERSATION + 1, "last": (done + batch) // A_CONVERSATION}
            cursor.execute(LOAD.replace("{{}}", "{}"), bounds | {"each": A_CONVERSATION})
            done += batch
        cursor.execute("RESET session_replication_role; RESET synchronous_commit")
        cursor.execute("VACUUM ANALYZE chats_contact, chats_conversation, chats_message")
        cursor.execute("CHECKPOINT")


def _times() -> dict[str, float]:
    """Milliseconds of each operation: the least of the medians of some rounds, which are the machine's calm ones."""
    rounds = [{name: _median(make()) for name, make in OPERATIONS.items()} for _ in range(ROUNDS)]
    return {name: min(round_[name] for round_ in rounds) for name in OPERATIONS}


def _median(operation: Callable[[], object]) -> float:
    times = []
    for _ in range(TIMES):
        started = time.perf_counter()
        operation()
        times.append(time.perf_counter() - started)
    return statistics.median(times) * 1000


def _poll() -> Callable[[], object]:
    """One that asks PostgreSQL and finds the last messages."""
    from chats.api.queries import read_messages
    from chats.models import Contact

    names = iter(
        Contact.objects.filter(channel="web").order_by("?").values_list("external_id", flat=True)[:TIMES]
    )
    return lambda: read_messages(token_hash=next(names), after=A_CONVERSATION - 2)


def _post() -> Callable[[], object]:
    """An everyday message, as the widget's POST stores it."""
    from chats.accepting import accept_everyday_message
    from chats.models import Contact

    people = Contact.objects.filter(channel="web", conversations__state="bot").order_by("?")
    names = iter(people.values_list("external_id", flat=True)[:TIMES])

    def post() -> None:
        stored = accept_everyday_message(
            token_hash=next(names), text="Где мой заказ?", client_id=uuid.uuid4()
        )
        assert stored, "not an everyday message"

    return post


def _claim() -> Callable[[], object]:
    from chats import conversations
    from chats.models import Conversation

    nobody = {"operator_channel": "", "operator_address": "", "operator_name": ""}
    Conversation.objects.exclude(state="bot").update(state="bot", **nobody)
    talks = list(Conversation.objects.filter(state="bot").order_by("?").values_list("pk", flat=True)[:TIMES])
    for talk in talks:
        conversations.request_human(conversation_id=talk, reason="words")
    numbers, numbers_of_chats = iter(talks), iter(range(10**9, 10**9 + TIMES))
    return lambda: conversations.claim(
        conversation_id=next(numbers), channel="operator", address=str(next(numbers_of_chats)), name="Олег"
    )


def _sweep() -> Callable[[], object]:
    """One that finds nothing: what the desk pays every three seconds."""
    from django.db.models import F

    from chats.models import Conversation, Delivery
    from chats.redis import get_redis
    from chats.sweeps import sweep

    Conversation.objects.filter(state="bot", visitor_seq__gt=F("answered_seq")).update(
        answered_seq=F("visitor_seq")
    )
    Delivery.objects.pending().update(state=Delivery.State.SENT)
    # No worker runs here: the hints of all the posts before would wait in line, and be read by each sweep.
    get_redis().delete("answers", "deliveries", "default")
    return sweep


OPERATIONS = {"poll": _poll, "post": _post, "claim": _claim, "sweep": _sweep}
