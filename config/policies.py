"""What a page may load and who may frame it: one Content-Security-Policy for each part of the site, made once."""

from django.conf import settings


def _policy(**directives: str) -> str:
    return "; ".join(f"{name.replace('_', '-')} {sources}" for name, sources in directives.items())


_SELF = {
    "default_src": "'self'",
    "object_src": "'none'",
    "base_uri": "'none'",
    "form_action": "'self'",
    "img_src": "'self' data:",
}
_STREAM = settings.STREAM_URL or (f"http://*:{settings.STREAM_PORT}" if settings.DEBUG else "")
_TELEGRAM = "https://web.telegram.org https://*.telegram.org" + (
    f" http://*:{settings.SANDBOX_PORT}" if settings.TELEGRAM_MODE == "sandbox" else ""
)

#: The first prefix that fits decides.
POLICIES = [
    # Unfold is built on Alpine, which evaluates expressions, and styles elements where they stand.
    (
        "/admin/",
        _policy(
            **_SELF,
            script_src="'self' 'unsafe-inline' 'unsafe-eval'",
            style_src="'self' 'unsafe-inline'",
            frame_ancestors="'none'",
        ),
    ),
    (
        "/miniapp",
        _policy(
            **_SELF,
            script_src="'self' https://telegram.org",
            # Telegram's own script sets the theme's colours as inline style properties.
            style_src="'self' 'unsafe-inline'",
            frame_ancestors=_TELEGRAM,
        ),
    ),
    *(
        (
            prefix,
            _policy(
                **_SELF,
                script_src="'self'",
                style_src="'self' 'unsafe-inline'",
                worker_src="'self' blob:",
                frame_ancestors="'none'",
            ),
        )
        for prefix in ("/swagger", "/docs", "/redoc")
    ),
    ("/api/", _policy(default_src="'none'", frame_ancestors="'none'")),
    ("", _policy(**_SELF, connect_src=f"'self' {_STREAM}".strip(), frame_ancestors="'none'")),
]


class ContentSecurityPolicyMiddleware:
    """Sets the policy of the path, unless the view has set a narrower one itself."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        if settings.DEBUG and response.status_code >= 400 and not request.path_info.startswith("/api/"):
            return response  # Django's own page about the error is all inline
        if "Content-Security-Policy" not in response:
            path = request.path_info
            response["Content-Security-Policy"] = next(p for prefix, p in POLICIES if path.startswith(prefix))
        if request.path_info.startswith("/miniapp"):
            # Telegram shows it in a frame: frame-ancestors says who may, which X-Frame-Options could not.
            response.headers.pop("X-Frame-Options", None)
        return response
