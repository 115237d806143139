"""One request to the webhook service: which message it became, and how far its reply has got."""

import uuid

from django.db import models


class WebhookTask(models.Model):
    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    request = models.OneToOneField(
        "chats.Message", models.PROTECT, related_name="webhook_task", verbose_name="запрос"
    )
    created_at = models.DateTimeField("создана", auto_now_add=True)

    class Meta:
        verbose_name = "задача вебхука"
        verbose_name_plural = "задачи вебхука"

    def __str__(self) -> str:
        return str(self.pk)

    def response(self):
        """The bot's answer to this request, or None while there is none."""
        messages = type(self.request).objects.after(self.request.contact_id, self.request.seq)
        return messages.filter(answers=self.request.seq).first()
