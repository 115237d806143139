"""The log of calls, what they cost by day, and the breaker."""

from django.conf import settings
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from unfold.admin import ModelAdmin
from unfold.decorators import action, display
from unfold.paginator import InfinitePaginator

from llm.breaker import BreakerState, breaker_of
from llm.memory import RedisError
from llm.models import LLMCall
from llm.providers import get_provider
from llm.spending import spending_by_day

OUTCOME_COLOURS = {"answer": "success", "handoff": "info", "failed": "danger", "stopped": "default"}
BREAKER_NAMES = {
    "closed": "замкнут: провайдер отвечает",
    "open": "разомкнут: провайдера не беспокоим",
    "half-open": "пробует: одно обращение проверит, ожил ли провайдер",
}
DAYS = 30


@admin.register(LLMCall)
class LLMCallAdmin(ModelAdmin):
    list_display = [
        "created_at",
        "provider",
        "model",
        "purpose",
        "result",
        "tokens",
        "cost",
        "latency_ms",
        "error",
    ]
    list_filter = ["outcome", "purpose", "provider", "created_at"]
    list_fullwidth = True
    paginator = InfinitePaginator
    show_full_result_count = False
    search_fields = ["=conversation_id", "=contact_id", "model"]
    actions_list = ["spending"]

    @display(description="исход", label=OUTCOME_COLOURS, ordering="outcome")
    def result(self, call: LLMCall) -> tuple[str, str]:
        return call.outcome, call.get_outcome_display()

    @display(description="токены")
    def tokens(self, call: LLMCall) -> str:
        return f"{'≈' if call.estimated else ''}{call.prompt_tokens} + {call.completion_tokens}"

    def has_add_permission(self, request, obj=None) -> bool:
        return False

    def has_change_permission(self, request, obj=None) -> bool:
        return False

    def has_delete_permission(self, request, obj=None) -> bool:
        return False

    @action(description="Расходы по дням", icon="payments", url_path="spending", permissions=["view"])
    def spending(self, request: HttpRequest) -> HttpResponse:
        """Show what each of the last days cost, beside the caps, and the breaker with a button that closes it."""
        if request.method == "POST":
            return self._reset_breaker(request)
        rows = [
            [
                day.day.strftime("%d.%m.%Y"),
                str(day.calls),
                str(day.failed),
                f"{day.prompt_tokens:,}".replace(",", " "),
                f"{day.completion_tokens:,}".replace(",", " "),
                f"{day.cost:.4f}",
                f"{day.seconds:.1f}",
            ]
            for day in spending_by_day(days=DAYS)
        ]
        headers = [
            "День",
            "Вызовов",
            "Ошибок",
            "Токены запросов",
            "Токены ответов",
            settings.LLM_CURRENCY,
            "Сек. на ответ",
        ]
        provider = get_provider()
        context = self.admin_site.each_context(request) | {
            "title": "Расходы на языковую модель",
            "opts": self.opts,
            "table": {"headers": headers, "rows": rows},
            "provider": f"{provider.name} · {provider.model}",
            "caps": _caps(),
            "breaker": _breaker_state(),
            "back": reverse("admin:llm_llmcall_changelist"),
        }
        return TemplateResponse(request, "admin/llm/spending.html", context)

    def _reset_breaker(self, request: HttpRequest) -> HttpResponse:
        if not request.user.is_superuser:
            raise PermissionDenied
        breaker_of(get_provider()).reset()
        messages.success(request, "Предохранитель замкнут: следующий вопрос уйдёт провайдеру.")
        return redirect("admin:llm_llmcall_spending")


def _caps() -> list[tuple[str, str]]:
    named = [
        ("Токенов на диалог", settings.LLM_CONVERSATION_TOKENS),
        ("Токенов на посетителя в день", settings.LLM_VISITOR_DAY_TOKENS),
        ("Токенов на сайт в день", settings.LLM_SITE_DAY_TOKENS),
        (f"{settings.LLM_CURRENCY} на сайт в день", settings.LLM_SITE_DAY_COST),
    ]
    return [(name, str(cap) if cap else "без предела") for name, cap in named]


def _breaker_state() -> dict:
    try:
        state: BreakerState = breaker_of(get_provider()).state()
    except RedisError:
        return {"name": "неизвестно: Redis недоступен"}
    return {
        "name": BREAKER_NAMES[state.name],
        "failures": state.failures,
        "seconds_left": state.seconds_left,
        "last_error": state.last_error,
    }
