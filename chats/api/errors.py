"""Errors of the API that the framework does not know: a database that is away is not a bug."""

from drf_standardized_errors.handler import exception_handler
from rest_framework.exceptions import APIException
from rest_framework.response import Response

from chats.models import Contact
from chats.outages import is_outage


class TryAgain(APIException):
    """503: the same request works in a moment; a message carries its client_id, so that it is not stored twice."""

    status_code = 503
    default_detail = "This cannot be done at the moment. Try again."
    default_code = "try_again"
    wait = 1  # seconds, told as Retry-After


def handle(error: Exception, context: dict) -> Response | None:
    """What REST_FRAMEWORK names as its exception handler."""
    # A contact that is gone was erased while its request was under way: the next one makes a new contact.
    passing = is_outage(error) or isinstance(error, Contact.DoesNotExist)
    return exception_handler(TryAgain() if passing else error, context)
