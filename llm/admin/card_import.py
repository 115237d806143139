"""The page on which a Character Card V2 is imported."""

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from unfold.admin import ModelAdmin
from unfold.widgets import UnfoldAdminFileFieldWidget

from llm.cards import BadCard, import_card


class CardForm(forms.Form):
    file = forms.FileField(label="Карта персонажа: JSON или PNG", widget=UnfoldAdminFileFieldWidget)


def import_card_page(model_admin: ModelAdmin, request: HttpRequest) -> HttpResponse:
    """Take a file, and show the new character; what is wrong with a bad card stands beside the field."""
    if not model_admin.has_add_permission(request):
        raise PermissionDenied
    form = CardForm(request.POST or None, request.FILES or None)
    if form.is_valid():
        try:
            character = import_card(form.cleaned_data["file"].read())
        except BadCard as error:
            form.add_error("file", str(error))
        else:
            messages.success(request, f"{character} добавлен, но пока выключен: прочитайте и включите.")
            return redirect("admin:llm_character_change", character.pk)
    context = model_admin.admin_site.each_context(request) | {
        "title": "Импорт карты персонажа",
        "opts": model_admin.opts,
        "form": form,
        "back": reverse("admin:llm_character_changelist"),
    }
    return TemplateResponse(request, "admin/llm/import_card.html", context)
