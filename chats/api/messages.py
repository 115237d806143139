"""/api/messages/: a prompt and its answer in one request, and the list of them."""

from datetime import UTC, datetime

from django import forms
from django.conf import settings
from django_filters import rest_framework as filters
from django_filters.fields import IsoDateTimeField
from drf_spectacular.utils import OpenApiExample, OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.exceptions import APIException, NotFound, ValidationError
from rest_framework.generics import ListAPIView
from rest_framework.pagination import PageNumberPagination
from rest_framework.response import Response
from rest_framework.views import APIView

from chats import dialogues
from chats.api.keys import ApiKeyAuthentication, caller
from chats.api.limits import check_limit
from chats.api.parsers import BoundedJSONParser, PayloadTooLarge
from chats.api.serializers import TextField, UUIDField
from chats.inbox import BadText
from chats.models import Message

_EXAMPLE = {
    "id": 17,
    "prompt_message": "Сколько стоит доставка?",
    "response": "Доставка курьером стоит 300 ₽.",
    "conversation_id": "0b6f4d5e-6a53-4c8e-9b1e-0f7b7a1b2c3d",
    "created_at": "2026-01-31T12:00:00Z",
}


class AnswerFailed(APIException):
    status_code = 502
    default_code = "llm_failed"
    default_detail = "The message is stored, but the language model did not answer. Try again later."


class PromptSerializer(serializers.Serializer):
    prompt_message = TextField(help_text="1 to 4000 characters after trimming")
    conversation_id = UUIDField(required=False, allow_null=True, help_text="Continues that dialogue")


class PromptAndResponseSerializer(serializers.Serializer):
    id = serializers.IntegerField()
    prompt_message = serializers.CharField()
    response = serializers.CharField(allow_null=True, help_text="null where the model has not answered")
    conversation_id = serializers.UUIDField()
    created_at = serializers.DateTimeField()


class CreateMessageView(APIView):
    authentication_classes = [ApiKeyAuthentication]
    parser_classes = [BoundedJSONParser]

    @extend_schema(
        tags=["messages"],
        operation_id="messages_create",
        summary="Ask, and wait for the answer",
        request=PromptSerializer,
        responses={
            201: PromptAndResponseSerializer,
            404: OpenApiResponse(description="There is no such dialogue (of yours)"),
            502: OpenApiResponse(description="The model failed; the message is stored with `response: null`"),
        },
        examples=[
            OpenApiExample("A prompt", {"prompt_message": _EXAMPLE["prompt_message"]}, request_only=True),
            OpenApiExample("Answered", _EXAMPLE, response_only=True, status_codes=["201"]),
        ],
    )
    def post(self, request):
        check_limit("messages", caller(request), settings.LIMIT_API)
        body = PromptSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        try:
            prompt, answer = dialogues.ask(
                text=body.validated_data["prompt_message"],
                api_key=request.auth,
                dialogue_id=body.validated_data.get("conversation_id"),
                deadline=settings.LLM_DEADLINE_SECONDS + 5,
            )
        except BadText as error:
            if error.code == "too_long":
                raise PayloadTooLarge(str(error), code="too_long") from None
            raise ValidationError({"prompt_message": [str(error)]}, code=error.code) from None
        except dialogues.UnknownDialogue as error:
            raise NotFound(str(error)) from None
        if answer is None:
            raise AnswerFailed()
        return Response(_as_json(prompt, answer), status=201)


class Pages(PageNumberPagination):
    page_size = 20
    page_size_query_param = "page_size"
    max_page_size = 100

    def get_page_size(self, request) -> int:
        value = request.query_params.get("page_size", "1")
        if not (value.isascii() and value.isdigit() and int(value[:9])):
            raise ValidationError({"page_size": ["A whole number from 1 is needed."]}, code="invalid")
        return super().get_page_size(request)


class MomentField(IsoDateTimeField):
    """A moment in UTC: PostgreSQL refuses offsets of 16 hours and more, which ISO 8601 allows."""

    def to_python(self, value: str) -> datetime | None:
        moment = super().to_python(value)
        try:
            return moment and moment.astimezone(UTC)
        except OverflowError:
            raise forms.ValidationError(self.error_messages["invalid"], code="invalid") from None


class MomentFilter(filters.IsoDateTimeFilter):
    field_class = MomentField


class MessageFilter(filters.FilterSet):
    created_after = MomentFilter("created_at", "gte", label="Not before this moment (ISO 8601)")
    created_before = MomentFilter("created_at", "lt", label="Before this moment (ISO 8601)")
    text = filters.CharFilter("text", "icontains", label="The prompt contains this")
    conversation_id = filters.UUIDFilter("contact__external_id", label="Of one dialogue")
    ordering = filters.OrderingFilter(fields={"created_at": "created_at"})


class MessageListView(ListAPIView):
    authentication_classes = [ApiKeyAuthentication]
    serializer_class = PromptAndResponseSerializer
    pagination_class = Pages
    filter_backends = [filters.DjangoFilterBackend]
    filterset_class = MessageFilter

    def get_queryset(self):
        own = Message.objects.filter(contact__channel="api", author=Message.Author.VISITOR)
        return (
            own.filter(contact__api_key=self.request.auth)
            .select_related("contact")
            .order_by("-created_at", "-pk")
        )

    @extend_schema(
        tags=["messages"],
        operation_id="messages_list",
        summary="Your prompts with their answers, newest first",
        examples=[OpenApiExample("One", _EXAMPLE, response_only=True)],
    )
    def get(self, request, *args, **kwargs):
        page = self.paginate_queryset(self.filter_queryset(self.get_queryset()))
        return self.get_paginated_response([_as_json(*pair) for pair in dialogues.with_answers(page)])


def _as_json(prompt: Message, answer: Message | None) -> dict:
    return {
        "id": prompt.pk,
        "prompt_message": prompt.text,
        "response": answer.text if answer else None,
        "conversation_id": prompt.contact.external_id,
        "created_at": prompt.created_at,
    }
