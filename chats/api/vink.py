"""/api/v1/gpt and /api/v1/message: an older contract on the same conversations, for clients written for it."""

from django.db import connection
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import serializers
from rest_framework.response import Response

from chats.api.serializers import TextField
from chats.api.tokens import find_contact
from chats.api.widget import VisitorView, receive
from chats.models import Message


class GptRequestSerializer(serializers.Serializer):
    message = TextField()


class GptResponseSerializer(serializers.Serializer):
    message = serializers.CharField()


class HandedOutSerializer(serializers.Serializer):
    message = serializers.CharField()
    date_create = serializers.DateTimeField()
    user = serializers.ChoiceField(choices=["GPT", "OPERATOR"])


class HandedOutListSerializer(serializers.Serializer):
    messages = HandedOutSerializer(many=True)


class GptView(VisitorView):
    @extend_schema(
        tags=["gpt"],
        operation_id="gpt_send",
        summary="Send a message",
        request=GptRequestSerializer,
        responses={201: GptResponseSerializer},
        examples=[
            OpenApiExample("A question", {"message": "Сколько стоит доставка?"}, request_only=True),
            OpenApiExample("Accepted", {"message": "Успех"}, response_only=True, status_codes=["201"]),
        ],
    )
    def post(self, request):
        self.count_message()
        body = GptRequestSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        contact = self.visitor()
        receive(contact=contact, text=body.validated_data["message"], attr="message")
        return Response({"message": "Успех"}, status=201)


class MessageView(VisitorView):
    @extend_schema(
        tags=["gpt"],
        operation_id="gpt_read",
        summary="Take what has been answered; each message is handed out once",
        responses={200: HandedOutListSerializer},
        examples=[
            OpenApiExample(
                "An answer",
                {
                    "messages": [
                        {
                            "message": "Доставка стоит 300 ₽.",
                            "date_create": "2026-01-31T12:00:03+00:00",
                            "user": "GPT",
                        }
                    ]
                },
                response_only=True,
            )
        ],
    )
    def get(self, request):
        contact = find_contact(request.auth)
        return Response(
            {"messages": [_as_json(message) for message in hand_out(contact.pk)] if contact else []}
        )


def hand_out(contact_id: int) -> list[Message]:
    """What has been said to this contact since the last call; the mark moves in one statement: nothing goes twice."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE chats_contact AS c SET handed_out_seq = c.last_seq"
            " FROM (SELECT id, handed_out_seq FROM chats_contact WHERE id = %s FOR UPDATE) AS before"
            " WHERE c.id = before.id AND c.last_seq > before.handed_out_seq"
            " RETURNING before.handed_out_seq, c.last_seq",
            [contact_id],
        )
        row = cursor.fetchone()
    if row is None:
        return []
    said = Message.objects.after(contact_id, row[0]).filter(seq__lte=row[1])
    return list(said.exclude(author=Message.Author.VISITOR))


def _as_json(message: Message) -> dict:
    # This client stops polling after a message from GPT: what the system says must not look like one.
    user = "GPT" if message.author == Message.Author.BOT else "OPERATOR"
    return {"message": message.text, "date_create": message.created_at, "user": user}
