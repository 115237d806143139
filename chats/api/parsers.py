"""JSON bodies of a bounded size."""

import io

from rest_framework import serializers
from rest_framework.exceptions import APIException
from rest_framework.parsers import JSONParser

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


class BoundedJSONParser(JSONParser):
    """JSON of at most MAX_BODY bytes, whatever the Content-Length says. NaN and Infinity are refused."""

    strict = True

    def parse(self, stream, media_type=None, parser_context=None):
        body = stream.read(MAX_BODY + 1)
        if len(body) > MAX_BODY:
            raise PayloadTooLarge()
        return super().parse(io.BytesIO(body), media_type, parser_context)
