"""/admin/totp/: an admin gives the code, enrols, or gives the second factor up. The QR code is drawn here."""

import base64

import django_otp
import segno
from django import forms
from django.contrib import admin, messages
from django.contrib.auth.models import User
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django_otp.plugins.otp_static.models import StaticDevice, StaticToken
from django_otp.plugins.otp_totp.models import TOTPDevice
from unfold.widgets import UnfoldAdminTextInputWidget

from chats import audit

SPARE_CODES = 8


class CodeForm(forms.Form):
    code = forms.CharField(
        label="Код",
        max_length=16,
        widget=UnfoldAdminTextInputWidget(
            attrs={"autocomplete": "one-time-code", "autofocus": True, "autocapitalize": "off"}
        ),
    )


def totp_page(request: HttpRequest) -> HttpResponse:
    """One page for all of it: which form it shows depends on what the person has and has given."""
    user = request.user
    form = CodeForm(request.POST or None)
    enrolled = django_otp.user_has_device(user)
    state = "enrolled" if user.is_verified() else "asked" if enrolled else "new"
    if form.is_valid():
        act = {"enrolled": _give_up, "asked": _let_in, "new": _enrol}[state]
        response = act(request, form)
        if response is not None:
            return response
    context = admin.site.each_context(request) | {"title": "Второй фактор", "form": form, "state": state}
    if state == "new":
        device = _device_of(user)
        context |= {
            "picture": segno.make(device.config_url, error="m").svg_data_uri(scale=5, border=2),
            "secret": base64.b32encode(device.bin_key).decode().rstrip("="),
        }
    return TemplateResponse(request, "admin/totp.html", context)


def _let_in(request: HttpRequest, form: CodeForm) -> HttpResponse | None:
    device = django_otp.match_token(request.user, _typed(form))
    if device is None:
        form.add_error(
            "code", "Код не подошёл. Возьмите новый; после нескольких ошибок нужно немного подождать."
        )
        return None
    django_otp.login(request, device)
    return HttpResponseRedirect(_next(request))


def _enrol(request: HttpRequest, form: CodeForm) -> HttpResponse | None:
    with transaction.atomic():
        device = TOTPDevice.objects.select_for_update().get(pk=_device_of(request.user).pk)
        if not device.verify_is_allowed()[0] or not device.verify_token(_typed(form)):
            form.add_error("code", "Код не подошёл. Проверьте время на телефоне и возьмите новый.")
            return None
        device.confirmed = True
        device.save(update_fields=["confirmed"])
        codes = _make_spare_codes(request.user)
    django_otp.login(request, device)
    audit.note(user_id=request.user.pk, rows=[request.user], what="Включён второй фактор.")
    context = admin.site.each_context(request) | {
        "title": "Запасные коды",
        "state": "codes",
        "codes": codes,
        "next": _next(request),
    }
    return TemplateResponse(request, "admin/totp.html", context)


def _give_up(request: HttpRequest, form: CodeForm) -> HttpResponse | None:
    if django_otp.match_token(request.user, _typed(form)) is None:
        form.add_error("code", "Код не подошёл.")
        return None
    for device in django_otp.devices_for_user(request.user, confirmed=None):
        device.delete()
    audit.note(user_id=request.user.pk, rows=[request.user], what="Выключен второй фактор.")
    messages.success(request, "Второй фактор выключен.")
    return redirect("admin:index")


def _device_of(user: User) -> TOTPDevice:
    """The device that the user is about to confirm."""
    return TOTPDevice.objects.get_or_create(user=user, confirmed=False, defaults={"name": "phone"})[0]


def _make_spare_codes(user: User) -> list[str]:
    StaticDevice.objects.filter(user=user).delete()
    device = StaticDevice.objects.create(user=user, name="spare")
    codes = [StaticToken.random_token() for _ in range(SPARE_CODES)]
    StaticToken.objects.bulk_create([StaticToken(device=device, token=code) for code in codes])
    return codes


def _typed(form: CodeForm) -> str:
    return form.cleaned_data["code"].replace(" ", "").lower()


def _next(request: HttpRequest) -> str:
    wanted = request.GET.get("next", "")
    safe = wanted.startswith("/admin/") and url_has_allowed_host_and_scheme(wanted, allowed_hosts=None)
    return wanted if safe else reverse("admin:index")
