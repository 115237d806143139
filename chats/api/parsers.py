"""JSON bodies of a bounded size."""

import json

from rest_framework import serializers
from rest_framework.exceptions import APIException, ParseError
from rest_framework.parsers import BaseParser
from rest_framework.renderers import JSONRenderer

MAX_BODY = 64 * 1024  # bytes


class PayloadTooLarge(APIException):
    status_code = 413
    default_code = "payload_too_large"
    default_detail = f"The request body is larger than {MAX_BODY // 1024} KB."


class TooLargeErrorSerializer(serializers.Serializer):
    code = serializers.ChoiceField(choices=["payload_too_large", "too_long"])
    detail = serializers.CharField()
    attr = serializers.CharField(allow_null=True)


class TooLargeSerializer(serializers.Serializer):
    """The shape of a 413 in the API's docs."""

    type = serializers.ChoiceField(choices=["client_error"])
    errors = TooLargeErrorSerializer(many=True)


class BoundedJSONParser(BaseParser):
    """JSON of at most MAX_BODY bytes, whatever the Content-Length says. NaN and Infinity are refused.

    Not a JSONParser: to that class DRF gives the body in one piece, and one that Django finds too large is a 500.
    """

    media_type = "application/json"
    renderer_class = JSONRenderer

    def parse(self, stream, media_type=None, parser_context=None):
        """The body as Python sees it; JSON is UTF-8, whatever charset the request claims. Raises ParseError."""
        body = stream.read(MAX_BODY + 1)
        if len(body) > MAX_BODY:
            raise PayloadTooLarge()
        try:
            return json.loads(body.decode("utf-8"), parse_constant=_refuse)
        except (ValueError, RecursionError) as error:
            reason = "nested too deeply" if isinstance(error, RecursionError) else error
            raise ParseError(f"JSON parse error - {reason}") from None


def _refuse(constant: str) -> None:
    raise ValueError(f"{constant} is not JSON")
