"""The first page of the admin: how the desk is doing right now."""

from datetime import timedelta

from django.db.models import Count, Q
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone

from chats.models import Conversation, Delivery
from operators.admin.handoffs import as_duration
from operators.models import Handoff, Operator

LISTED = 8


def add_figures(request: HttpRequest, context: dict) -> dict:
    """Unfold's DASHBOARD_CALLBACK: adds the figures and the two lists to the page."""
    if not request.user.has_perm("operators.view_handoff"):
        return context
    waiting = Handoff.objects.unclaimed().select_related("conversation__contact")
    return context | {
        "figures": _figures(waiting.count(), waiting.first()),
        "waiting": [
            {
                "url": _page(handoff.conversation),
                "number": str(handoff.conversation),
                "visitor": handoff.conversation.contact.display_name,
                "reason": handoff.get_reason_display(),
                "waited": as_duration(handoff.waited.total_seconds()),
            }
            for handoff in waiting[:LISTED]
        ],
        "on_duty": Operator.objects.on_duty()
        .annotate(held=Count("handoffs", filter=Q(handoffs__closed_at=None)))
        .order_by("name")[:LISTED],
    }


def count_waiting(request: HttpRequest) -> int | str:
    """The badge at «Вызовы»: how many wait; nothing for nobody."""
    return Handoff.objects.unclaimed().count() or ""


def count_applicants(request: HttpRequest) -> int | str:
    """The badge at «Операторы»: how many have applied and wait for an admin."""
    return _applicants() or ""


def count_failed(request: HttpRequest) -> int | str:
    """The badge at «Отправки»: what failed within a day."""
    return _failed() or ""


def _figures(waiting: int, longest: Handoff | None) -> list[dict]:
    today = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
    operators = Operator.objects.aggregate(
        on_duty=Count("pk", filter=Q(on_duty=True)), approved=Count("pk", filter=Q(active=True))
    )
    conversations = Conversation.objects.filter(created_at__gte=today).count()
    handoffs = Handoff.objects.filter(requested_at__gte=today).values("conversation").distinct().count()
    share = (
        f"{handoffs / conversations:.0%} диалогов".replace("%", " %") if conversations else "диалогов не было"
    )
    return [
        {
            "title": "Ждут оператора",
            "value": waiting,
            "note": f"дольше всех {as_duration(longest.waited.total_seconds())}"
            if longest
            else "никто не ждёт",
            "url": _list("operators_handoff", now="waiting"),
            "alarm": bool(waiting),
        },
        {
            "title": "На дежурстве",
            "value": operators["on_duty"],
            "note": f"из {operators['approved']} допущенных",
            "url": _list("operators_operator"),
            "alarm": waiting and not operators["on_duty"],
        },
        {
            "title": "Диалогов сегодня",
            "value": conversations,
            "note": f"открыто сейчас: {Conversation.objects.open().count()}",
            "url": _list("chats_conversation"),
        },
        {
            "title": "Звали человека",
            "value": handoffs,
            "note": f"сегодня, {share}",
            "url": _list("operators_handoff"),
        },
        {
            "title": "Не доставлено",
            "value": _failed(),
            "note": "за сутки",
            "url": _list("chats_delivery", state__exact="failed"),
            "alarm": bool(_failed()),
        },
    ]


def _applicants() -> int:
    return Operator.objects.filter(active=False, approved_at=None).count()


def _failed() -> int:
    return Delivery.objects.failed().filter(created_at__gt=timezone.now() - timedelta(days=1)).count()


def _page(conversation: Conversation) -> str:
    return reverse("admin:chats_conversation_change", args=[conversation.pk])


def _list(name: str, **query) -> str:
    return reverse(f"admin:{name}_changelist", query=query)
