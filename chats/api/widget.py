"""/api/v1/chat/: what the widget speaks. No cookies; the visitor is the token in the header."""

from contextlib import suppress

from django.conf import settings
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework.exceptions import Throttled, ValidationError
from rest_framework.response import Response
from rest_framework.views import APIView

from chats import conversations, inbox
from chats.api import queries
from chats.api.limits import check_limit, client_address, count_message, counted
from chats.api.parsers import BoundedJSONParser, PayloadTooLarge
from chats.api.serializers import (
    ConfigSerializer,
    MessageSerializer,
    MessagesSerializer,
    PostMessageSerializer,
    StateSerializer,
)
from chats.api.tokens import ChatTokenAuthentication, find_contact, make_contact
from chats.live import message_as_json
from chats.models import Contact, PopularQuestion
from chats.typing import visitor_is_typing

QUEUE_FULL_WAIT = 30  # seconds, told as Retry-After
_QUESTION = {"text": "Сколько стоит доставка?", "client_id": "2f1b7a52-6f0e-4c63-9c41-3f4d5f7a9a10"}
_MESSAGE = {
    "seq": 1,
    "author": "visitor",
    "text": "Сколько стоит доставка?",
    "created_at": "2026-01-31T12:00:00+00:00",
    "operator": None,
}
_STATE = {"state": "bot", "operator": None, "queue_position": None}


class VisitorView(APIView):
    authentication_classes = [ChatTokenAuthentication]
    parser_classes = [BoundedJSONParser]

    def limit(self, name: str, *, token: str, address: str) -> None:
        check_limit(f"{name}:token", self.request.auth, token)
        check_limit(f"{name}:address", self.address, address)

    def count_message(self) -> None:
        """Against the limits of a token and of an address. Raises Throttled."""
        count_message(self.request.META, self.request.auth, client_address(self.request))

    @property
    def address(self) -> str:
        """Whom an address is counted as."""
        return counted(client_address(self.request))

    def visitor(self, *, language: str = "ru") -> Contact:
        """Whose token it is; a token that nobody has used makes a new contact, of which an address has so many."""
        contact = find_contact(self.request.auth)
        if contact is not None:
            return contact
        check_limit("visitor:address", self.address, settings.LIMIT_NEW_VISITORS)
        return make_contact(self.request.auth, language=language)


class MessagesView(VisitorView):
    @extend_schema(
        tags=["widget"],
        operation_id="chat_messages_read",
        summary="Read what is new",
        parameters=[
            OpenApiParameter(
                "after",
                {"type": "integer", "minimum": 0, "maximum": 999_999_999},
                default=0,
                description="The last seq that the client has",
            )
        ],
        responses={200: MessagesSerializer},
        examples=[OpenApiExample("Nothing new", {"messages": [], **_STATE}, response_only=True)],
    )
    def get(self, request):
        after = _parse_after(request.query_params.get("after", "0"))
        return Response(queries.read_messages(token_hash=request.auth, after=after))

    @extend_schema(
        tags=["widget"],
        operation_id="chat_messages_send",
        summary="Send a message",
        request=PostMessageSerializer,
        responses={
            201: MessageSerializer,
            200: OpenApiResponse(MessageSerializer, description="This client_id had been stored before"),
        },
        examples=[
            OpenApiExample(
                "A question",
                {"text": _MESSAGE["text"], "client_id": "2f1b7a52-6f0e-4c63-9c41-3f4d5f7a9a10"},
                request_only=True,
            ),
            OpenApiExample("Stored", _MESSAGE, response_only=True, status_codes=["201", "200"]),
        ],
    )
    def post(self, request):
        self.count_message()
        body = PostMessageSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        contact = self.visitor(language=request.LANGUAGE_CODE)
        receipt = receive(contact=contact, attr="text", **body.validated_data)
        return Response(message_as_json(receipt.message), status=201 if receipt.created else 200)


class OperatorView(VisitorView):
    @extend_schema(
        tags=["widget"],
        operation_id="chat_operator_call",
        summary="Call a human",
        request=None,
        responses={200: StateSerializer},
        examples=[
            OpenApiExample(
                "Waiting", {"state": "waiting", "operator": None, "queue_position": 1}, response_only=True
            )
        ],
    )
    def post(self, request):
        self.limit("operator", token="10/minute", address="60/minute")  # noqa: S106 - a rate, not a secret
        contact = self.visitor(language=request.LANGUAGE_CODE)
        conversation = conversations.call_human(contact=contact)
        return Response(queries.state_with_queue(conversation))

    @extend_schema(
        tags=["widget"],
        operation_id="chat_operator_take_back",
        summary="Take the call back",
        request=None,
        responses={200: StateSerializer},
        examples=[OpenApiExample("The bot answers", _STATE, response_only=True)],
    )
    def delete(self, request):
        contact = find_contact(request.auth)
        if contact is not None:
            # Nobody was called, or an operator was faster: the answer tells the state as it is.
            with suppress(conversations.ConversationConflict):
                conversations.take_back(contact=contact)
        return Response(queries.state_of(contact))


class TypingView(VisitorView):
    @extend_schema(
        tags=["widget"],
        operation_id="chat_typing",
        summary="The visitor is typing",
        request=None,
        responses={204: None},
    )
    def post(self, request):
        self.limit("typing", token="40/minute", address="600/minute")  # noqa: S106 - a rate, not a secret
        visitor_is_typing(token_hash=request.auth)
        return Response(status=204)


class ConfigView(APIView):
    @extend_schema(
        tags=["widget"],
        operation_id="chat_config",
        summary="What the widget shows before the first message",
        parameters=[
            OpenApiParameter("language", str, default="ru", description="`en`; anything else means `ru`")
        ],
        responses={200: ConfigSerializer},
        auth=[],
    )
    def get(self, request):
        language = "en" if request.query_params.get("language") == "en" else "ru"
        questions = PopularQuestion.objects.filter(language=language, active=True).values_list(
            "text", flat=True
        )
        return Response(
            {
                "title": settings.SITE_NAME,
                "greeting": settings.WIDGET_GREETING[language],
                "popular_questions": list(questions[:6]),
                "stream_url": queries.stream_url(request),
            }
        )


def receive(*, attr: str, **values) -> inbox.Receipt:
    """receive_message, with what is wrong with the text said in the API's way."""
    try:
        return inbox.receive_message(queue_limit=settings.QUEUED_MESSAGES, **values)
    except inbox.QueueFull as error:
        raise Throttled(wait=QUEUE_FULL_WAIT, detail=str(error), code="queue_full") from None
    except inbox.BadText as error:
        if error.code == "too_long":
            raise PayloadTooLarge(str(error), code="too_long") from None
        raise ValidationError({attr: [str(error)]}, code=error.code) from None


def _parse_after(value: str) -> int:
    if not value.isascii() or not value.isdigit() or len(value) > 9:
        raise ValidationError({"after": ["A whole number from 0 is needed."]}, code="invalid")
    return int(value)
