"""Conversations as a table for a spreadsheet: one line for each, sent while it is read, however many there are."""

import csv
from collections.abc import Iterator

from django.db.models import Count, Min, Q, QuerySet
from django.http import HttpRequest, StreamingHttpResponse
from django.utils import timezone

from chats import audit
from chats.admin.base import channel_name
from chats.models import Conversation, Message
from llm.connections import give_back_connections

BATCH = 500  # conversations in memory at a time
COLUMNS = ["номер", "канал", "посетитель", "состояние", "начат", "закрыт", "кто закрыл", "оператор",
           "почему нужен человек", "сообщений", "секунд до первого ответа"]  # fmt: skip
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
_ANSWERS = Q(author__in=[Message.Author.BOT, Message.Author.OPERATOR])


def csv_response(request: HttpRequest, conversations: QuerySet[Conversation]) -> StreamingHttpResponse:
    """The file, and an entry in the audit trail that says who took it and which were chosen."""
    chosen = conversations.order_by().values("pk")
    audit.note_export(
        user_id=request.user.pk, model=Conversation, what=f"Выгружены в CSV: {_which(request)}."
    )
    response = StreamingHttpResponse(_lines(chosen), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = (
        f'attachment; filename="conversations-{timezone.localdate():%Y-%m-%d}.csv"'
    )
    response["Cache-Control"] = "no-store"
    return response


def escape_cell(value: object) -> object:
    """What a spreadsheet would take for a formula gets an apostrophe in front, and is a text (OWASP: CSV injection)."""
    if isinstance(value, str) and value.lstrip(" ").startswith(FORMULA):
        return f"'{value}"
    return value


def _lines(chosen: QuerySet) -> Iterator[str]:
    writer = csv.writer(_Echo(), delimiter=";")
    # By the mark Excel knows UTF-8, and by the semicolon a Russian one knows the columns
    yield "\ufeff" + writer.writerow(COLUMNS)
    last = 0
    while batch := _batch(chosen, after=last):
        said, last = _said(batch), batch[-1].pk
        lines = [writer.writerow([escape_cell(cell) for cell in _row(row, said[row.pk])]) for row in batch]
        give_back_connections()  # whoever reads slowly keeps none
        yield "".join(lines)


def _batch(chosen: QuerySet, *, after: int) -> list[Conversation]:
    rows = Conversation.objects.filter(pk__in=chosen, pk__gt=after).select_related("contact")
    return list(rows.order_by("pk")[:BATCH])


def _row(conversation: Conversation, said: dict) -> list[object]:
    asked, answered = said["asked"], said["answered"]
    return [
        conversation.pk,
        channel_name(conversation.contact.channel),
        conversation.contact.display_name,
        conversation.get_state_display(),
        _moment(conversation.created_at),
        _moment(conversation.closed_at),
        conversation.closed_by,
        conversation.operator_name,
        conversation.handoff_reason,
        said["count"],
        round((answered - asked).total_seconds(), 1) if asked and answered else "",
    ]


def _said(batch: list[Conversation]) -> dict[int, dict]:
    """How many messages each has, and when the first question and the first answer were written."""
    nothing = {"count": 0, "asked": None, "answered": None}
    rows = (
        Message.objects.filter(conversation__in=batch)
        .order_by()
        .values("conversation")
        .annotate(
            count=Count("pk"),
            asked=Min("created_at", filter=Q(author=Message.Author.VISITOR)),
            answered=Min("created_at", filter=_ANSWERS),
        )
    )
    return {row.pk: nothing for row in batch} | {row["conversation"]: row for row in rows}


def _which(request: HttpRequest) -> str:
    if request.POST.get("select_across") == "1":
        return f"все, отбор «{request.GET.urlencode()}»"[:300] if request.GET else "все"
    return ", ".join(f"№{number}" for number in request.POST.getlist("_selected_action"))


def _moment(moment) -> str:
    return f"{timezone.localtime(moment):%Y-%m-%d %H:%M:%S}" if moment else ""


class _Echo:
    """csv writes into it, and has back what was written."""

    def write(self, line: str) -> str:
        return line
