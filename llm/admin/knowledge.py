"""The knowledge base: editing, importing, and asking the search what it finds."""

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from unfold.admin import ModelAdmin
from unfold.decorators import action
from unfold.widgets import UnfoldAdminFileFieldWidget, UnfoldAdminTextInputWidget

from llm.knowledge.importing import ImportFailed, import_knowledge
from llm.knowledge.search import search_knowledge
from llm.language import guess_language
from llm.models import KnowledgeArticle

SHOWN_BAD_ROWS = 200


class ImportForm(forms.Form):
    file = forms.FileField(label="Файл CSV или JSON Lines", widget=UnfoldAdminFileFieldWidget)


class QuestionForm(forms.Form):
    question = forms.CharField(
        label="Вопрос посетителя", max_length=1000, required=False, widget=UnfoldAdminTextInputWidget
    )


@admin.register(KnowledgeArticle)
class KnowledgeArticleAdmin(ModelAdmin):
    list_display = ["question", "language", "active", "link", "updated_at"]
    list_editable = ["active"]
    list_filter = ["language", "active"]
    list_fullwidth = True
    search_fields = ["question", "phrasings", "answer", "key"]
    fields = ["language", "question", "phrasings", "answer", "link", "active", "key"]
    actions = ["switch_on", "switch_off"]
    actions_list = ["import_file", "try_search"]

    def get_queryset(self, request):
        return super().get_queryset(request).defer("search")

    @admin.action(description="Включить", permissions=["change"])
    def switch_on(self, request: HttpRequest, articles) -> None:
        self._switch(request, articles, active=True)

    @admin.action(description="Выключить", permissions=["change"])
    def switch_off(self, request: HttpRequest, articles) -> None:
        self._switch(request, articles, active=False)

    def _switch(self, request: HttpRequest, articles, *, active: bool) -> None:
        messages.success(request, f"Статей изменено: {articles.switch(active=active)}")

    @action(description="Импорт", icon="upload_file", url_path="import")
    def import_file(self, request: HttpRequest) -> HttpResponse:
        """Take a file; the rows that were not taken are listed with what is wrong with them."""
        if not (self.has_add_permission(request) and self.has_change_permission(request)):
            raise PermissionDenied
        form = ImportForm(request.POST or None, request.FILES or None)
        report = None
        if form.is_valid():
            file = form.cleaned_data["file"]
            try:
                report = import_knowledge(data=file.read(), name=file.name)
            except ImportFailed as error:
                form.add_error("file", str(error))
            else:
                if not report.bad:
                    messages.success(
                        request,
                        f"Добавлено: {report.added}, обновлено: {report.updated}, без изменений: {report.unchanged}",
                    )
                    return redirect("admin:llm_knowledgearticle_changelist")
        shown = report.bad[:SHOWN_BAD_ROWS] if report else []
        table = {
            "headers": ["Строка", "Что не так"],
            "rows": [[str(line), problem] for line, problem in shown],
        }
        return self._page(request, "import", "Импорт статей", form=form, report=report, table=table)

    @action(description="Проверить поиск", icon="search", url_path="try-search", permissions=["view"])
    def try_search(self, request: HttpRequest) -> HttpResponse:
        """Show what is found for a question, and whether the bot would answer with it by itself."""
        form = QuestionForm(request.GET or None)
        question = form.cleaned_data["question"] if form.is_valid() else ""
        language = guess_language(question)
        hits = search_knowledge(text=question, language=language, limit=5) if question else []
        rows = [[hit.article.question, f"{hit.score:.2f}", "да" if hit.sure else "нет"] for hit in hits]
        table = {"headers": ["Статья", "Сходство", "Ответит сам"], "rows": rows}
        return self._page(request, "try_search", "Проверка поиска", form=form, table=table, question=question)

    def _page(self, request: HttpRequest, template: str, title: str, **context) -> TemplateResponse:
        context |= self.admin_site.each_context(request) | {"title": title, "opts": self.opts}
        context["back"] = reverse("admin:llm_knowledgearticle_changelist")
        return TemplateResponse(request, f"admin/llm/{template}.html", context)
