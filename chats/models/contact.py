"""One person on one channel."""

from django.db import connection, models


class ContactQuerySet(models.QuerySet):
    def take_seq(self, contact_id: int) -> int:
        """Gives out the contact's next seq and locks the contact's row until the transaction ends.

        The lock makes seq follow commit order without holes. Raises Contact.DoesNotExist, also for one that was erased:
        whoever writes again is a new contact.
        """
        with connection.cursor() as cursor:
            cursor.execute(
                "UPDATE chats_contact SET last_seq = last_seq + 1"
                " WHERE id = %s AND erased_at IS NULL RETURNING last_seq",
                [contact_id],
            )
            row = cursor.fetchone()
        if row is None:
            raise Contact.DoesNotExist(f"no contact {contact_id}")
        return row[0]


class Contact(models.Model):
    channel = models.CharField("канал", max_length=20)
    external_id = models.CharField(
        "внешний id", max_length=200, help_text="Номер чата в Telegram, SHA-256 токена виджета, адрес вебхука"
    )
    name = models.CharField("имя", max_length=200, blank=True)
    username = models.CharField("username", max_length=100, blank=True)
    language = models.CharField(
        "язык", max_length=5, default="ru", choices=[("ru", "русский"), ("en", "English")]
    )
    last_seq = models.PositiveIntegerField("последний seq", default=0, editable=False)
    handed_out_seq = models.PositiveIntegerField(
        "выдано до seq",
        default=0,
        editable=False,
        help_text="До какого seq сообщения выданы через /api/v1/message",
    )
    api_key = models.ForeignKey(
        "chats.ApiKey", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="ключ API"
    )
    meta = models.JSONField("прочее", default=dict, blank=True)
    created_at = models.DateTimeField("создан", auto_now_add=True)
    updated_at = models.DateTimeField("изменён", auto_now=True)
    erased_at = models.DateTimeField("данные стёрты", null=True, blank=True, editable=False)

    objects = ContactQuerySet.as_manager()

    class Meta:
        verbose_name = "посетитель"
        verbose_name_plural = "посетители"
        constraints = [
            models.UniqueConstraint(fields=["channel", "external_id"], name="contact_unique_on_channel")
        ]

    def __str__(self) -> str:
        return self.display_name

    @property
    def display_name(self) -> str:
        """What operators and admins call this person; visitors of the website are told apart by number."""
        return self.name or (f"@{self.username}" if self.username else f"Посетитель {self.pk}")
