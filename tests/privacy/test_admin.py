import json

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission, User
from django.core.management import CommandError, call_command
from django.urls import reverse

from chats.inbox import receive_message
from chats.models import Contact, Message

pytestmark = pytest.mark.django_db

CONTACTS = reverse("admin:chats_contact_changelist")


@pytest.fixture
def talked(visitor):
    receive_message(contact=visitor, text="Мой адрес: Садовая, 5")
    return visitor


def _act(client, action, contact, **more):
    return client.post(CONTACTS, {"action": action, "_selected_action": [contact.pk], **more}, follow=True)


def _log() -> list[tuple[str, str]]:
    return [(entry.user.username, entry.get_change_message()) for entry in LogEntry.objects.order_by("pk")]


def test_export_is_a_file_with_everything_said(admin, talked):
    response = _act(admin, "export", talked)
    assert "attachment" in response.headers["Content-Disposition"]
    (visitor,) = json.loads(response.content)["visitors"]
    assert visitor["messages"][0]["text"] == "Мой адрес: Садовая, 5"
    assert _log() == [("boss", "Данные выгружены.")]


def test_erasing_asks_first(admin, talked):
    page = _act(admin, "erase", talked).content.decode()
    assert "Стереть навсегда" in page
    assert "Мария" in page
    assert Message.objects.get().text
    assert _log() == []


def test_erasing_once_confirmed(admin, talked):
    page = _act(admin, "erase", talked, confirmed="yes").content.decode()
    assert "Стёрто посетителей: 1" in page
    assert Message.objects.get().text == ""
    assert _log() == [("boss", "Данные стёрты.")]


def test_page_of_an_erased_visitor_opens_and_cannot_be_changed(admin, talked):
    _act(admin, "erase", talked, confirmed="yes")
    page = reverse("admin:chats_contact_change", args=[talked.pk])
    assert admin.get(page).status_code == 200
    admin.post(page, {"name": "Мария", "language": "ru"})
    assert Contact.objects.get().name == ""


@pytest.mark.parametrize("action", ["erase", "export"])
def test_somebody_who_may_only_read_can_do_neither(client, talked, action):
    reader = User.objects.create_user("reader", is_staff=True)
    reader.user_permissions.set(Permission.objects.filter(codename__startswith="view_"))
    client.force_login(reader)
    response = _act(client, action, talked, confirmed="yes")
    assert "Content-Disposition" not in response.headers
    assert Message.objects.get().text
    assert _log() == []


def test_commands_do_the_same_in_somebodys_name(boss, talked, capsys):
    call_command("export_visitor", talked.pk, by="boss")
    assert "Садовая" in capsys.readouterr().out
    call_command("erase_visitor", talked.pk, by="boss", yes=True)
    assert Message.objects.get().text == ""
    assert _log() == [("boss", "Данные выгружены командой."), ("boss", "Данные стёрты командой.")]


def test_command_without_a_yes_erases_nothing(boss, talked, monkeypatch):
    monkeypatch.setattr("builtins.input", lambda question: "y")
    call_command("erase_visitor", talked.pk, by="boss")
    assert Message.objects.get().text


@pytest.mark.parametrize(("number", "by"), [(None, "nobody"), (0, "boss")], ids=["no-admin", "no-visitor"])
def test_command_names_what_it_does_not_know(boss, talked, number, by):
    with pytest.raises(CommandError):
        call_command("erase_visitor", talked.pk if number is None else number, by=by, yes=True)
