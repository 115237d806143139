"""/webhook and /callback: an LLM as a service, with the answer POSTed back."""

import json
from typing import Annotated
from uuid import UUID

from django.conf import settings
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, OpenApiResponse, extend_schema
from pydantic import AfterValidator, BaseModel, HttpUrl, StringConstraints, ValidationError
from pydantic_core import PydanticCustomError
from rest_framework import serializers
from rest_framework.exceptions import NotFound
from rest_framework.response import Response
from rest_framework.views import APIView

from chats import public_address, webhooks
from chats.api.keys import ApiKeyAuthentication, caller
from chats.api.limits import check_limit
from chats.api.parsers import BoundedJSONParser
from chats.models import WebhookTask
from chats.printable import printable


def _callable(url: HttpUrl) -> HttpUrl:
    try:
        public_address.check_url(str(url))
    except public_address.ForbiddenAddress as error:
        raise PydanticCustomError("forbidden_address", str(error)) from None
    return url


def _printable(text: str) -> str:
    """As it will be stored: a text of control characters alone is empty, and refused as such."""
    text = printable(text).strip()
    if not text:
        raise PydanticCustomError("string_too_short", "String should have at least 1 character")
    return text


Text = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=settings.MESSAGE_MAX_CHARS),
    AfterValidator(_printable),
]


class WebhookBody(BaseModel):
    message: Text
    callback_url: Annotated[HttpUrl, AfterValidator(_callable)]


class CallbackBody(BaseModel):
    generated_response: str


class WebhookRequestSerializer(serializers.Serializer):
    message = serializers.CharField(max_length=settings.MESSAGE_MAX_CHARS)
    callback_url = serializers.URLField()


class WebhookResponseSerializer(serializers.Serializer):
    task_id = serializers.UUIDField()
    status = serializers.CharField()


class CallbackSerializer(serializers.Serializer):
    generated_response = serializers.CharField(allow_blank=True, trim_whitespace=False)
    task_id = serializers.JSONField(required=False, help_text="A UUID; not looked at")


class CallbackResponseSerializer(serializers.Serializer):
    status = serializers.CharField()


class TaskStateSerializer(serializers.Serializer):
    task_id = serializers.UUIDField()
    status = serializers.ChoiceField(choices=["processing", "delivering", "delivered", "failed"])


class FieldErrorSerializer(serializers.Serializer):
    type = serializers.CharField()
    loc = serializers.ListField(child=serializers.JSONField(), help_text="Names and numbers of the way to it")
    msg = serializers.CharField()
    input = serializers.JSONField()


class UnprocessableSerializer(serializers.Serializer):
    detail = FieldErrorSerializer(many=True)
    body = serializers.JSONField()


class WebhookView(APIView):
    authentication_classes = [ApiKeyAuthentication]
    parser_classes = [BoundedJSONParser]

    @extend_schema(
        tags=["webhook"],
        operation_id="webhook_send",
        summary="Ask, and have the answer POSTed to a callback URL",
        parameters=[
            OpenApiParameter(
                "Idempotency-Key", str, OpenApiParameter.HEADER, description="1 to 200 characters"
            )
        ],
        request=WebhookRequestSerializer,
        responses={
            200: WebhookResponseSerializer,
            422: OpenApiResponse(UnprocessableSerializer, description="What is wrong, field by field"),
        },
        examples=[
            OpenApiExample(
                "A question",
                {"message": "Сколько стоит доставка?", "callback_url": "https://example.com/callback"},
                request_only=True,
            ),
            OpenApiExample(
                "Accepted",
                {"task_id": "0b6f4d5e-6a53-4c8e-9b1e-0f7b7a1b2c3d", "status": "Processing"},
                response_only=True,
                status_codes=["200"],
            ),
        ],
    )
    def post(self, request):
        check_limit("webhook", caller(request), settings.LIMIT_WEBHOOK)
        try:
            body = WebhookBody.model_validate(request.data)
        except ValidationError as error:
            return _unprocessable(error.errors(include_url=False, include_context=False), request.data)
        key = request.headers.get("Idempotency-Key", "")[:200] or None
        try:
            task = webhooks.accept_request(
                text=body.message,
                callback_url=str(body.callback_url),
                api_key=request.auth,
                idempotency_key=key,
            )
        except webhooks.IdempotencyMismatch as error:
            detail = {
                "type": "idempotency_mismatch",
                "loc": ["message"],
                "msg": str(error),
                "input": body.message,
            }
            return _unprocessable([detail], request.data)
        return Response({"task_id": str(task.pk), "status": "Processing"})


class TaskView(APIView):
    authentication_classes = [ApiKeyAuthentication]

    @extend_schema(
        tags=["webhook"],
        operation_id="webhook_state",
        summary="How far a task has got",
        parameters=[OpenApiParameter("task_id", UUID, OpenApiParameter.PATH)],
        responses={200: TaskStateSerializer},
    )
    def get(self, request, task_id: str):
        task = _own_task(request, task_id)
        if task is None:
            raise NotFound("There is no such task.")
        return Response({"task_id": str(task.pk), "status": webhooks.state_of(task)})


def _own_task(request, task_id: str) -> WebhookTask | None:
    """The task of that id, if it is this caller's."""
    try:
        pk = UUID(task_id)
    except ValueError:
        return None
    own = WebhookTask.objects.filter(request__contact__api_key=request.auth)
    return own.select_related("request").filter(pk=pk).first()


class CallbackView(APIView):
    parser_classes = [BoundedJSONParser]

    @extend_schema(
        tags=["webhook"],
        operation_id="callback_sink",
        summary="A sink to try the webhook with: it takes a reply and keeps nothing",
        auth=[],
        request=CallbackSerializer,
        responses={200: CallbackResponseSerializer, 422: UnprocessableSerializer},
        examples=[
            OpenApiExample("A reply", {"generated_response": "Доставка стоит 300 ₽."}, request_only=True),
            OpenApiExample("Taken", {"status": "received"}, response_only=True, status_codes=["200"]),
        ],
    )
    def post(self, request):
        try:
            CallbackBody.model_validate(request.data)
        except ValidationError as error:
            return _unprocessable(error.errors(include_url=False, include_context=False), request.data)
        return Response({"status": "received"})


def _unprocessable(errors: list, body) -> Response:
    detail = [
        {"type": error["type"], "loc": list(error["loc"]), "msg": error["msg"], "input": error["input"]}
        for error in errors
    ]
    # Half a character, which JSON can say and UTF-8 cannot, comes back as a question mark
    answer = json.dumps({"detail": detail, "body": body}, ensure_ascii=False).encode(errors="replace")
    return Response(json.loads(answer), status=422)
