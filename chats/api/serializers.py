"""Shapes of the widget's API."""

from rest_framework import serializers

from chats.models import Conversation, Message


class TextField(serializers.CharField):
    """A visitor's words: a string and nothing that could be read as one. The domain says what is too long or empty."""

    def __init__(self, **options) -> None:
        super().__init__(allow_blank=True, trim_whitespace=False, **options)

    def to_internal_value(self, data: object) -> str:
        if not isinstance(data, str):
            self.fail("invalid")
        return super().to_internal_value(data)


class UUIDField(serializers.UUIDField):
    """A UUID as a string; DRF's own takes any number for one."""

    def to_internal_value(self, data: object):
        if not isinstance(data, str):
            self.fail("invalid", value=data)
        return super().to_internal_value(data)


class PostMessageSerializer(serializers.Serializer):
    text = TextField(help_text="1 to 4000 characters after trimming")
    client_id = UUIDField(help_text="Made up by the client; a repeat changes nothing")


class SourceSerializer(serializers.Serializer):
    title = serializers.CharField()
    url = serializers.CharField()


class MessageSerializer(serializers.Serializer):
    seq = serializers.IntegerField(help_text="1, 2, 3 ... without holes")
    author = serializers.ChoiceField(choices=Message.Author.choices)
    text = serializers.CharField()
    created_at = serializers.DateTimeField()
    operator = serializers.CharField(
        allow_null=True, help_text="The operator's name in an operator's message"
    )
    client_id = serializers.UUIDField(
        required=False, help_text="What the client called its message when it sent it"
    )
    offer = serializers.BooleanField(required=False, help_text="The bot offers to call a person")
    sources = SourceSerializer(many=True, required=False, help_text="Articles that the answer rests on")


class StateSerializer(serializers.Serializer):
    state = serializers.ChoiceField(choices=Conversation.State.choices)
    operator = serializers.CharField(allow_null=True, help_text="The name of the operator who answers")
    queue_position = serializers.IntegerField(
        allow_null=True, help_text="1 for the next one; null when not waiting"
    )


class MessagesSerializer(StateSerializer):
    messages = MessageSerializer(many=True)


class ConfigSerializer(serializers.Serializer):
    title = serializers.CharField()
    greeting = serializers.CharField()
    popular_questions = serializers.ListField(child=serializers.CharField())
    stream_url = serializers.CharField(
        allow_blank=True, help_text="Where /api/v1/chat/stream is; empty: the same host"
    )
