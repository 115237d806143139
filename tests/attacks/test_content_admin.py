"""Whatever is stored, in whatever field of whatever table: every page of the admin shows it as text."""

from html.parser import HTMLParser

import pytest
from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.db import models
from django.test import Client
from django.urls import reverse
from playwright.sync_api import expect

from chats import audit
from chats.messages import write_message
from chats.models import AnalyticsEvent, Contact, Conversation, Delivery, Message
from llm.models import Character
from operators.models import Handoff
from telegram_bot.models import TelegramUpdate
from tests.attacks.actors import make_world
from tests.attacks.nasty import IN_SHORT, NASTY

KEPT = {
    "password",
    "slug",
    "language",
    "channel",
    "external_id",
    "provider",
    "prefix",
    "hash",
    "url",
    "link",
    "picture",
}
PAGES = ["admin:index", "admin:chats_analyticsevent_by_day"]


class Looked(HTMLParser):
    """What a browser would find in a page: its text, and whatever would be carried out."""

    def __init__(self, page: str) -> None:
        super().__init__(convert_charrefs=True)
        self.text, self.carried_out, self.values, self._in_script = [], [], [], False
        self.feed(page)
        self.close()

    def handle_starttag(self, tag, attrs) -> None:
        self._in_script = tag == "script"
        for name, value in attrs:
            self.values.append(value or "")
            lively = name.startswith(("on", "x-", "@", ":")) or (value or "").strip().startswith(
                "javascript:"
            )
            if lively and "hacked" in (value or ""):
                self.carried_out.append(f"{name}={value}")
        if tag in {"svg/onload", "svg/onload=window.hacked=1"}:
            self.carried_out.append(tag)

    def handle_data(self, data) -> None:
        if self._in_script and "hacked" in data:
            self.carried_out.append(data)
        self.text.append(data)

    def handle_endtag(self, tag) -> None:
        self._in_script = False


@pytest.fixture(autouse=True)
def _quiet(request, settings, monkeypatch):
    monkeypatch.setattr("chats.hints._send", lambda *args, **kwargs: None)
    if "web_server" not in request.fixturenames:
        settings.STORAGES = settings.STORAGES | {
            "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
        }


def fill(text: str) -> Client:
    """The text in every field that can hold it, of a row in every table; an admin who may see all of it."""
    world = make_world()
    Delivery.objects.update(payload={"text": text})
    TelegramUpdate.objects.update(data={"message": {"text": text}})
    AnalyticsEvent.objects.update(properties={"text": text})
    audit.note(user_id=world.users["admin"].pk, rows=Conversation.objects.all(), what=text)
    for model in admin.site._registry:
        for field in model._meta.concrete_fields:
            free = isinstance(field, models.CharField | models.TextField) and not field.choices
            if free and not field.unique and field.name not in KEPT and "address" not in field.name:
                model._default_manager.update(**{field.name: text[: field.max_length or 4000]})
    return world.client("admin")


def pages_of(client) -> dict[str, str]:
    """Every list, every row's page and every page of its own, by the path."""
    paths = [reverse(name) for name in PAGES]
    for model in admin.site._registry:
        base = f"admin:{model._meta.app_label}_{model._meta.model_name}"
        paths.append(reverse(f"{base}_changelist"))
        paths += [
            reverse(f"{base}_change", args=[pk])
            for pk in model._default_manager.values_list("pk", flat=True)[:2]
        ]
    answers = {path: client.get(path, follow=True) for path in paths}
    asked = {"action": "erase", "_selected_action": list(Contact.objects.values_list("pk", flat=True))}
    answers["erase"] = client.post(reverse("admin:chats_contact_changelist"), asked)
    assert {answer.status_code for answer in answers.values()} == {200}
    return {path: answer.content.decode() for path, answer in answers.items()}


@pytest.mark.django_db
def test_every_page_shows_it_as_text():
    text, shown = IN_SHORT, {}
    for path, page in pages_of(fill(text)).items():
        looked = Looked(page)
        assert looked.carried_out == [], path
        shown[path] = text in "".join(looked.text) or text in looked.values
    assert sum(shown.values()) > 20, f"it is seen on {[path for path, seen in shown.items() if seen]}"
    for model in (Contact, Conversation, Message, Handoff, Character, LogEntry):
        base = f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist"
        assert shown[reverse(base)], "the list does not show it, or shows something else"


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_browser_carries_none_of_it_out(browser, web_server, admin_client):
    contact = Contact.objects.create(channel="web", external_id="n" * 64, name=NASTY["picture"], username="x")
    conversation = Conversation.objects.create(
        contact=contact, operator_name=NASTY["script"], draft=NASTY["svg"]
    )
    said = [(author, text) for author in ("visitor", "bot", "operator") for text in NASTY.values()]
    for seq, (author, text) in enumerate(said, 1):
        write_message(contact=contact, conversation=conversation, seq=seq, author=author, text=text)
    context = browser.new_context(locale="ru-RU")
    cookie = admin_client.cookies["sessionid"].value
    context.add_cookies([{"name": "sessionid", "value": cookie, "url": web_server.url}])
    page = context.new_page()
    page.goto(web_server.url + reverse("admin:chats_conversation_change", args=[conversation.pk]))
    bubbles = page.locator(".sb-chat__text")
    expect(bubbles).to_have_count(len(said))
    assert bubbles.all_text_contents() == [text for _, text in said]
    for name in ("chats_conversation", "chats_message", "chats_contact"):
        page.goto(web_server.url + reverse(f"admin:{name}_changelist"))
        expect(page.get_by_text(NASTY["picture"]).first).to_be_visible()
        assert page.evaluate("window.hacked") is None
    context.close()
