"""The visitor's rights in the admin: their data as a file, and the page that asks before it is erased."""

from django.contrib import messages
from django.db.models import Count, QuerySet
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.response import TemplateResponse
from unfold.admin import ModelAdmin

from chats import audit
from chats.models import Contact
from chats.privacy import erase_person, export_person, find_person

MANY = 100  # people at a time


def export_file(request: HttpRequest, contacts: QuerySet[Contact]) -> HttpResponse:
    """What is stored about each of them, as a JSON file to keep."""
    people = [find_person(contact_id=pk) for pk in contacts.values_list("pk", flat=True)[:MANY]]
    response = JsonResponse(
        {"visitors": [export_person(person) for person in people]},
        json_dumps_params={"ensure_ascii": False, "indent": 2},
    )
    response["Content-Disposition"] = 'attachment; filename="visitors.json"'
    response["Cache-Control"] = "no-store"
    rows = {contact.pk: contact for person in people for contact in person.contacts}
    audit.note(user_id=request.user.pk, rows=rows.values(), what="Данные выгружены.")
    return response


def erase_page(
    model_admin: ModelAdmin, request: HttpRequest, contacts: QuerySet[Contact]
) -> HttpResponse | None:
    """Asks first; erases once the answer has come, and returns to the list."""
    people = [find_person(contact_id=pk) for pk in contacts.values_list("pk", flat=True)[:MANY]]
    pks = sorted({pk for person in people for pk in person.ids})
    if request.POST.get("confirmed") == "yes":
        erased = sum(erase_person(person) for person in people)
        audit.note(user_id=request.user.pk, rows=Contact.objects.filter(pk__in=pks), what="Данные стёрты.")
        messages.success(request, f"Стёрто посетителей: {erased}.")
        return None
    rows = Contact.objects.filter(pk__in=pks, erased_at=None).annotate(
        said=Count("messages", distinct=True), talks=Count("conversations", distinct=True)
    )
    context = model_admin.admin_site.each_context(request) | {
        "title": "Стереть данные посетителей",
        "opts": model_admin.opts,
        "contacts": rows.order_by("pk"),
        "selected": contacts.values_list("pk", flat=True),
    }
    return TemplateResponse(request, "admin/chats/erase_contacts.html", context)
