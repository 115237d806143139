"""Every path works with and without a trailing slash."""

from django.urls import re_path

from chats.api import messages, vink, webhook, widget

urlpatterns = [
    re_path(r"^api/v1/chat/messages/?$", widget.MessagesView.as_view(), name="chat-messages"),
    re_path(r"^api/v1/chat/operator/?$", widget.OperatorView.as_view(), name="chat-operator"),
    re_path(r"^api/v1/chat/typing/?$", widget.TypingView.as_view(), name="chat-typing"),
    re_path(r"^api/v1/chat/config/?$", widget.ConfigView.as_view(), name="chat-config"),
    re_path(r"^api/v1/gpt/?$", vink.GptView.as_view(), name="gpt"),
    re_path(r"^api/v1/message/?$", vink.MessageView.as_view(), name="gpt-message"),
    re_path(r"^webhook/?$", webhook.WebhookView.as_view(), name="webhook"),
    re_path(r"^webhook/(?P<task_id>[^/]+)/?$", webhook.TaskView.as_view(), name="webhook-task"),
    re_path(r"^callback/?$", webhook.CallbackView.as_view(), name="callback"),
    re_path(r"^api/messages/create/?$", messages.CreateMessageView.as_view(), name="messages-create"),
    re_path(r"^api/messages/?$", messages.MessageListView.as_view(), name="messages-list"),
]
