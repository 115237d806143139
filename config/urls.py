"""The URLs of the product; each app brings its own."""

from django.conf import settings
from django.contrib import admin
from django.http import HttpResponseRedirect
from django.urls import include, path, re_path
from django.views.generic import TemplateView
from drf_spectacular.views import SpectacularAPIView, SpectacularRedocView, SpectacularSwaggerSplitView

from config import health, metrics
from config.access.totp import totp_page
from llm.pictures import character_picture

urlpatterns = [
    path("admin/totp/", admin.site.admin_view(totp_page), name="admin-totp"),
    path("admin/", admin.site.urls),
    path("", include("chats.api.urls")),
    path("", include("telegram_bot.urls")),
    re_path(r"^characters/(?P<slug>[-\w]+)\.png$", character_picture, name="character-picture"),
    re_path(r"^api/schema/?$", SpectacularAPIView.as_view(), name="schema"),
    re_path(r"^(?:swagger|docs)/?$", SpectacularSwaggerSplitView.as_view(url_name="schema"), name="swagger"),
    re_path(r"^redoc/?$", SpectacularRedocView.as_view(url_name="schema"), name="redoc"),
    re_path(r"^healthz/?$", health.healthz, name="healthz"),
    re_path(r"^readyz/?$", health.readyz, name="readyz"),
    re_path(r"^metrics/?$", metrics.metrics, name="metrics"),
]
if settings.DEMO_MODE:
    urlpatterns.append(path("", TemplateView.as_view(template_name="demo.html"), name="demo"))
if settings.TELEGRAM_MODE == "sandbox":

    def sandbox(request):
        """The sandbox is a process of its own, at another port of the same host."""
        host = request.get_host().rsplit(":", 1)[0]
        return HttpResponseRedirect(settings.SANDBOX_URL or f"http://{host}:{settings.SANDBOX_PORT}/")

    urlpatterns.append(re_path(r"^sandbox/?$", sandbox, name="sandbox"))
