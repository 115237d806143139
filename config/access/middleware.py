"""The second factor: no page of the admin opens to whoever has one and has not given it."""

from django.conf import settings
from django.shortcuts import redirect
from django.urls import reverse
from django_otp import user_has_device

ADMIN = "/admin/"
#: What opens with the password alone: the page of the second factor, and the ways in and out.
OPEN = ("/admin/totp/", "/admin/login/", "/admin/logout/", "/admin/jsi18n/")


class SecondFactorMiddleware:
    """Sends those to /admin/totp/ who have to give a code, or to enrol where ADMIN_REQUIRE_TOTP says so."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        path = request.path_info
        if path.startswith(ADMIN) and not path.startswith(OPEN) and _lacks_code(request.user):
            return redirect(reverse("admin-totp", query={"next": path}))
        return self.get_response(request)


def _lacks_code(user) -> bool:
    if not user.is_authenticated or user.is_verified():
        return False
    return settings.ADMIN_REQUIRE_TOTP or user_has_device(user)
