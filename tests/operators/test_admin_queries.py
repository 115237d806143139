"""Every list of the admin asks the same number of queries for 3 rows and for 30."""

import uuid

import pytest
from django.contrib import admin as django_admin
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.auth.models import Group, User
from django.contrib.contenttypes.models import ContentType
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from chats.models import AnalyticsEvent, ApiKey, Contact, Conversation, Delivery, Message, PopularQuestion
from llm.models import Character, KnowledgeArticle, LLMCall
from operators.models import Handoff, Operator
from telegram_bot.models import TelegramUpdate

pytestmark = pytest.mark.django_db


def _contact(n: int) -> Contact:
    return Contact.objects.create(channel="telegram", external_id=str(n), name=f"Посетитель {n}", last_seq=1)


def _operator(n: int) -> Operator:
    return Operator.objects.create(
        telegram_id=n,
        chat_id=n,
        name=f"Оператор {n}",
        active=True,
        current_conversation=_conversation(1000 + n),
    )


def _conversation(n: int) -> Conversation:
    return Conversation.objects.create(contact=_contact(n), visitor_seq=1, character=_character(n))


def _character(n: int) -> Character:
    return Character.objects.create(
        slug=f"character-{n}", name=f"Кот {n}", greeting="Мяу", instructions="Мяукай"
    )


def _message(n: int) -> Message:
    conversation = _conversation(n)
    return Message.objects.create(
        contact=conversation.contact,
        conversation=conversation,
        seq=1,
        author="visitor",
        text="Где мой заказ?",
    )


def _delivery(n: int) -> Delivery:
    message = _message(n)
    return Delivery.objects.create(
        channel="telegram",
        address=str(n),
        payload={"params": {"text": "Ответ"}},
        dedupe_key=str(n),
        conversation=message.conversation,
        message=message,
    )


def _handoff(n: int) -> Handoff:
    return Handoff.objects.create(
        conversation=_conversation(n),
        epoch=1,
        reason="words",
        claimed_by=_operator(n),
        claimed_at=timezone.now(),
        passed_on_by=_operator(5000 + n),
    )


def _entry(n: int) -> LogEntry:
    return LogEntry.objects.create(
        user=User.objects.create_user(f"editor-{n}"),
        content_type=ContentType.objects.get_for_model((Contact, Message, Operator)[n % 3]),
        object_id=str(n),
        object_repr=f"№{n}",
        action_flag=CHANGE,
    )


MAKE = {
    AnalyticsEvent: lambda n: AnalyticsEvent.objects.create(event="registered", user_id=f"telegram:{n}"),
    ApiKey: lambda n: ApiKey.objects.create_key(name=f"ключ {n}"),
    Character: _character,
    Contact: _contact,
    Conversation: _conversation,
    Delivery: _delivery,
    Group: lambda n: Group.objects.create(name=f"группа {n}"),
    Handoff: _handoff,
    KnowledgeArticle: lambda n: KnowledgeArticle.objects.create(
        key=f"article-{n}", question=f"Вопрос {n}", answer="Ответ"
    ),
    LLMCall: lambda n: LLMCall.objects.create(
        provider="openai", outcome="answer", conversation_id=n, contact_id=n
    ),
    LogEntry: _entry,
    Message: _message,
    Operator: _operator,
    PopularQuestion: lambda n: PopularQuestion.objects.create(text=f"Где заказ {n}?"),
    TelegramUpdate: lambda n: TelegramUpdate.objects.create(bot="support", update_id=n),
    User: lambda n: User.objects.create_user(f"user-{uuid.UUID(int=n)}"),
}
LISTED = sorted(django_admin.site._registry, key=lambda model: model._meta.label)


@pytest.fixture(autouse=True)
def _plain_static(settings):
    """Nothing is collected here: names of static files stay as they are."""
    settings.STORAGES = settings.STORAGES | {
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    }


@pytest.mark.parametrize("model", LISTED, ids=lambda model: model._meta.label)
def test_a_list_asks_no_more_for_thirty_rows_than_for_three(client, model):
    client.force_login(User.objects.create_superuser("admin"))
    url = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")

    def queries() -> int:
        with CaptureQueriesContext(connection) as asked:
            response = client.get(url)
        assert response.status_code == 200
        return len(asked)

    for number in range(1, 4):
        MAKE[model](number)
    queries()  # content types and permissions are remembered
    few = queries()
    for number in range(4, 31):
        MAKE[model](number)
    assert queries() == few
