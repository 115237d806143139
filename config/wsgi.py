"""WSGI: everything but the event stream."""

import os

from django.core.handlers.wsgi import WSGIRequest
from django.core.wsgi import get_wsgi_application
from django.utils.http import parse_header_parameters

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")


class Utf8Request(WSGIRequest):
    """Reads queries and forms as UTF-8, whatever charset the request claims.

    Some of Python's codecs are not for text, and Django answers 500 to whoever names one of them.
    """

    def _set_content_type_params(self, meta) -> None:
        self.content_type, self.content_params = parse_header_parameters(meta.get("CONTENT_TYPE", ""))


django = get_wsgi_application()
django.request_class = Utf8Request

from config.short_ways import with_short_ways  # noqa: E402 - the models can be imported from here on

application = with_short_ways(django)
