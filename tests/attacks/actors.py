"""The world in which everybody is asked: one row of everything, the secrets in it, and how each actor comes."""

import json
import uuid
from dataclasses import dataclass

from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Group, User
from django.db.models import F
from django.test import Client

from chats import conversations, inbox
from chats.api.tokens import hash_token, make_contact
from chats.messages import write_message
from chats.models import (
    AnalyticsEvent,
    ApiKey,
    Contact,
    Conversation,
    Delivery,
    Message,
    PopularQuestion,
    WebhookTask,
)
from llm.models import Character, CharacterPicture, KnowledgeArticle, LLMCall
from operators.claims import claim_handoff
from operators.duty import approve, go_on_duty, register
from operators.models import Handoff, Operator
from operators.queue import sync_handoff
from telegram_bot.models import TelegramUpdate
from tests.telegram.conftest import SECRET, TOKENS
from tests.telegram.signing import USER, init_data

OPERATOR = USER | {"id": 7000000042, "first_name": "Олег"}
VISITOR_TOKEN, OTHER_TOKEN = "the-visitor-of-the-site", "another-visitor-of-it"
#: What was said in private, and by whom.
SECRETS = {
    "visitor": "secret-that-the-visitor-told",
    "bot_to_visitor": "secret-that-the-bot-told-the-visitor",
    "other_visitor": "secret-that-the-other-visitor-told",
    "key": "secret-of-the-first-key",
    "other_key": "secret-of-the-second-key",
    "person": "secret-that-the-person-told-a-character",
}
PICTURE = b"\x89PNG\r\n\x1a\nnot really a picture"


@dataclass
class World:
    """What the example paths of the table are filled in with, and what each actor sends."""

    rows: dict[str, object]
    headers: dict[str, dict[str, str]]
    users: dict[str, User]
    visitor: Contact

    def client(self, actor: str) -> Client:
        """Whoever asks, with the headers and the cookies that they have; from an address that is not ours."""
        client = Client(
            headers=self.headers.get(actor, {}), raise_request_exception=False, REMOTE_ADDR="198.51.100.7"
        )
        if actor in self.users:
            client.force_login(self.users[actor])
        return client

    def fill(self, template: str) -> str:
        """The example with the names of rows filled in."""
        for name, value in self.rows.items():
            template = template.replace("{" + name + "}", str(value))
        return template


def make_world() -> World:
    """Everything there can be, once."""
    visitor = _make_visitor(VISITOR_TOKEN, SECRETS["visitor"])
    _make_visitor(OTHER_TOKEN, SECRETS["other_visitor"])
    keys, prompts = {}, {}
    for name in ("key", "other_key"):
        api_key, keys[name] = ApiKey.objects.create_key(name=name)
        dialogue = Contact.objects.create(channel="api", external_id=str(uuid.uuid4()), api_key=api_key)
        prompts[name] = inbox.receive_message(contact=dialogue, text=SECRETS[name]).message
        Conversation.objects.filter(contact=dialogue).update(answered_seq=F("visitor_seq"))
    operator = register(telegram_id=OPERATOR["id"], chat_id=OPERATOR["id"], name="Олег", language="ru")
    approve(operator_ids=[operator.pk])
    go_on_duty(operator_id=operator.pk)
    conversation = conversations.call_human(contact=visitor)
    sync_handoff(conversation_id=conversation.pk)
    claim_handoff(operator_id=operator.pk, conversation_id=conversation.pk)
    said = write_message(contact=visitor, conversation=conversation, author="bot", text=SECRETS["bot_to_visitor"],
                         seq=Contact.objects.take_seq(visitor.pk))  # fmt: skip
    users = {
        "staff": User.objects.create_user("staff", is_staff=True),
        "admin": User.objects.create_superuser("admin"),
    }
    character = Character.objects.create(
        slug="spy", name="Шпион", tagline="—", greeting="Тсс", instructions="x"
    )
    CharacterPicture.objects.create(character=character, content=PICTURE)
    person = Contact.objects.create(channel="character", external_id=str(USER["id"]))
    inbox.receive_message(contact=person, text=SECRETS["person"], character_id=character.pk)
    key_dialogue = prompts["key"].contact
    rows = {
        "task": WebhookTask.objects.create(request=prompts["key"]).pk,
        "dialogue": key_dialogue.external_id,
        "character": character.slug,
        "admin_logentry": LogEntry.objects.log_actions(
            users["admin"].pk, [users["staff"]], 2, "—", single_object=True
        ).pk,
        "auth_group": Group.objects.create(name="Поддержка").pk,
        "auth_user": users["staff"].pk,
        "chats_analyticsevent": AnalyticsEvent.objects.create(event="registered", user_id="1").pk,
        "chats_apikey": key_dialogue.api_key.pk,
        "chats_contact": visitor.pk,
        "chats_conversation": conversation.pk,
        "chats_delivery": Delivery.objects.order_by("pk").first().pk,
        "chats_message": said.pk,
        "chats_popularquestion": PopularQuestion.objects.create(text="Где заказ?", language="ru").pk,
        "llm_character": character.pk,
        "llm_knowledgearticle": KnowledgeArticle.objects.create(question="Где?", answer="Тут").pk,
        "llm_llmcall": LLMCall.objects.create(provider="offline", purpose="answer", outcome="ok").pk,
        "operators_handoff": Handoff.objects.first().pk,
        "operators_operator": Operator.objects.first().pk,
        "telegram_bot_telegramupdate": TelegramUpdate.objects.create(bot="support", update_id=1).pk,
    }
    return World(rows=rows, headers=_headers(keys), users=users, visitor=visitor)


def _headers(keys: dict[str, str]) -> dict[str, dict[str, str]]:
    of_operators = init_data(token=TOKENS["operators"], user=json.dumps(OPERATOR))
    return {
        "visitor": {"Chat-Token": VISITOR_TOKEN},
        "other_visitor": {"Chat-Token": OTHER_TOKEN},
        "key": {"Authorization": f"Api-Key {keys['key']}"},
        "other_key": {"Authorization": f"Api-Key {keys['other_key']}"},
        "person": {"Authorization": f"tma {init_data(token=TOKENS['characters'])}"},
        "operator": {"Authorization": f"tma {of_operators}"},
        "telegram": {"X-Telegram-Bot-Api-Secret-Token": SECRET},
        "impostor": {"X-Telegram-Bot-Api-Secret-Token": SECRET.upper()},
    }


def _make_visitor(token: str, text: str) -> Contact:
    contact = make_contact(hash_token(token))
    inbox.receive_message(contact=contact, text=text)
    return contact


def whose_secrets(body: bytes) -> set[str]:
    """Whose secrets stand in an answer, however it is encoded."""
    return {name for name, secret in SECRETS.items() if secret.encode() in body}


def trace_of(contact: Contact) -> tuple:
    """What somebody else's request must leave as it was."""
    contact = Contact.objects.get(pk=contact.pk)
    conversation = contact.conversations.order_by("-pk").first()
    return (
        contact.last_seq, contact.handed_out_seq, conversation.state, conversation.epoch,
        Message.objects.filter(contact=contact).count(),
    )  # fmt: skip
