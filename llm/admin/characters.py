"""The characters, with a box to try one without saving anything."""

import json

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.html import format_html
from unfold.admin import ModelAdmin
from unfold.decorators import action, display
from unfold.widgets import UnfoldAdminTextareaWidget

from llm.admin.card_import import import_card_page
from llm.language import guess_language
from llm.models import Character
from llm.reply import LLMUnavailable, ReplyRequest, Turn, compose_reply

TURNS_KEPT = 20


class TryForm(forms.Form):
    instructions = forms.CharField(
        label="Указания (не сохраняются)",
        max_length=20_000,
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 8}),
    )
    text = forms.CharField(
        label="Реплика", max_length=4000, widget=UnfoldAdminTextareaWidget(attrs={"rows": 2})
    )
    turns = forms.CharField(widget=forms.HiddenInput, required=False)

    def clean_turns(self) -> list[Turn]:
        """Read the dialogue so far, which travels with the form: nothing of it is stored."""
        try:
            rows = json.loads(self.cleaned_data["turns"] or "[]")
            turns = [Turn("visitor" if role == "visitor" else "bot", str(text)) for role, text in rows]
        except (ValueError, TypeError) as error:
            raise forms.ValidationError("Диалог испорчен, начните его заново.") from error
        return turns[-TURNS_KEPT:]


@admin.register(Character)
class CharacterAdmin(ModelAdmin):
    list_display = ["portrait", "name", "tagline", "order", "active"]
    list_display_links = ["portrait", "name"]
    list_editable = ["order", "active"]
    list_filter = ["active"]
    list_fullwidth = True
    search_fields = ["name", "name_en", "tagline"]
    prepopulated_fields = {"slug": ["name_en"]}
    fieldsets = [
        (None, {"fields": ["name", "tagline", "greeting", "instructions"]}),
        ("По-английски", {"classes": ["tab"], "fields": ["name_en", "tagline_en", "greeting_en"]}),
        ("Показ", {"classes": ["tab"], "fields": ["slug", "picture", "order", "active"]}),
    ]
    actions_list = ["import_card"]
    actions_detail = ["try_out"]

    @display(description="")
    def portrait(self, character: Character) -> str:
        if not character.picture:
            return "—"
        return format_html(
            '<img src="{}" alt="" width="40" height="40" style="border-radius:10px">', character.picture_url
        )

    @action(description="Импорт карты", icon="upload_file", url_path="import-card")
    def import_card(self, request: HttpRequest) -> HttpResponse:
        """Add the character of a Character Card V2 file."""
        return import_card_page(self, request)

    @action(description="Попробовать", icon="chat", url_path="try")
    def try_out(self, request: HttpRequest, object_id: int) -> HttpResponse:
        """Talk to the character, also with other instructions; the model is really asked, nothing is saved."""
        character = self.get_object(request, object_id)
        if character is None:
            raise Http404
        if not self.has_change_permission(request, character):
            raise PermissionDenied
        form = TryForm(request.POST or None, initial={"instructions": character.instructions})
        turns, problem = [], ""
        if form.is_valid():
            turns = [*form.cleaned_data["turns"], Turn("visitor", form.cleaned_data["text"])]
            turns, problem = _answer(turns, form.cleaned_data["instructions"])
            form = _next_form(form, turns)
        context = self.admin_site.each_context(request) | {
            "title": f"Попробовать: {character.name}",
            "opts": self.opts,
            "character": character,
            "form": form,
            "turns": turns or [Turn("bot", character.greeting)],
            "problem": problem,
            "back": reverse("admin:llm_character_change", args=[character.pk]),
        }
        return TemplateResponse(request, "admin/llm/try_character.html", context)


def _answer(turns: list[Turn], instructions: str) -> tuple[list[Turn], str]:
    """The dialogue with the answer, or with what went wrong beside it."""
    request = ReplyRequest(
        turns=turns,
        language=guess_language(turns[-1].text),
        purpose="character",
        can_hand_over=False,
        instructions=instructions,
    )
    try:
        return [*turns, Turn("bot", compose_reply(request).text)], ""
    except LLMUnavailable as error:
        return turns, f"Модель не ответила: {error}"


def _next_form(form: TryForm, turns: list[Turn]) -> TryForm:
    rows = [[turn.role, turn.text] for turn in turns]
    return TryForm(
        initial={
            "instructions": form.cleaned_data["instructions"],
            "turns": json.dumps(rows, ensure_ascii=False),
        }
    )
