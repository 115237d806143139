"""Every path works with and without a trailing slash."""

from django.urls import re_path

from chats.api import vink, widget

urlpatterns = [
    re_path(r"^api/v1/chat/messages/?$", widget.MessagesView.as_view(), name="chat-messages"),
    re_path(r"^api/v1/chat/operator/?$", widget.OperatorView.as_view(), name="chat-operator"),
    re_path(r"^api/v1/chat/typing/?$", widget.TypingView.as_view(), name="chat-typing"),
    re_path(r"^api/v1/chat/config/?$", widget.ConfigView.as_view(), name="chat-config"),
    re_path(r"^api/v1/gpt/?$", vink.GptView.as_view(), name="gpt"),
    re_path(r"^api/v1/message/?$", vink.MessageView.as_view(), name="gpt-message"),
]
