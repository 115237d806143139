"""What every request passes through."""

from django.conf import settings
from django.utils import translation

from chats.log_context import bound, request_id_from


class RequestIdMiddleware:
    """Gives each request an id that its log lines, its tasks and its answer carry."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        request_id = request_id_from(request.headers.get("X-Request-Id"))
        with bound(request_id=request_id):
            response = self.get_response(request)
        response["X-Request-Id"] = request_id
        return response


class MetricsMiddleware:
    """Answers /metrics before anything looks at the Host: Prometheus finds containers by their addresses, which are in
    nobody's ALLOWED_HOSTS. What the page says does not depend on the Host, and its token is asked for all the same."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if request.path_info.rstrip("/") != "/metrics":
            return self.get_response(request)
        from config.metrics import metrics  # needs the models

        return metrics(request)


class AdminLanguageMiddleware:
    """The admin speaks Russian, whatever the browser asks for: half of each page in another language helps nobody."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if not request.path_info.startswith("/admin/"):
            return self.get_response(request)
        with translation.override(settings.LANGUAGE_CODE):
            request.LANGUAGE_CODE = settings.LANGUAGE_CODE
            response = self.get_response(request)
            if hasattr(response, "render"):
                response.render()
        response["Content-Language"] = settings.LANGUAGE_CODE
        return response
