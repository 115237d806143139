import re

import pytest
from django.contrib.auth.models import Permission, User
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import translation

from chats.inbox import receive_message
from chats.models import ApiKey, Contact, Conversation, Delivery, Message, PopularQuestion
from operators.duty import register
from operators.models import Handoff, Operator
from telegram_bot.models import TelegramUpdate

pytestmark = pytest.mark.django_db

LISTS = ["operators_operator", "operators_handoff", "chats_conversation", "chats_message", "chats_contact",
         "chats_delivery", "chats_popularquestion", "telegram_bot_telegramupdate", "auth_user",
         "auth_group"]  # fmt: skip


@pytest.fixture(autouse=True)
def _plain_static(settings):
    """Nothing is collected here: names of static files stay as they are."""
    settings.STORAGES = settings.STORAGES | {
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    }


@pytest.fixture
def admin(client):
    client.force_login(User.objects.create_superuser("admin"))
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "ru"
    return client


@pytest.fixture
def reader(client):
    """Somebody who may look at everything and change nothing."""
    user = User.objects.create_user("reader", is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__startswith="view_"))
    client.force_login(user)
    return client


def _list(name, **query):
    return reverse(f"admin:{name}_changelist", query=query)


def _page(name, pk):
    return reverse(f"admin:{name}_change", args=[pk])


def _text(response):
    assert response.status_code == 200
    return response.content.decode()


def test_visitor_of_the_site_is_asked_to_log_in(client):
    assert client.get("/admin/").url.startswith("/admin/login/")


@pytest.mark.parametrize("name", LISTS)
def test_every_list_opens(admin, held, name):
    assert admin.get(_list(name)).status_code == 200


@pytest.mark.parametrize("model", [Operator, Handoff, Conversation, Message, Contact, Delivery, User])
def test_every_page_of_a_row_opens(admin, held, model):
    name = f"{model._meta.app_label}_{model._meta.model_name}"
    assert admin.get(_page(name, model.objects.first().pk)).status_code == 200


@pytest.mark.parametrize(
    "name", ["chats_conversation", "chats_message", "chats_delivery", "operators_handoff"]
)
def test_history_cannot_be_added_to(admin, name):
    assert admin.get(reverse(f"admin:{name}_add")).status_code == 403


@pytest.mark.parametrize("model", [Conversation, Message, Delivery, Handoff])
def test_history_cannot_be_rewritten(admin, held, model):
    name, row = f"{model._meta.app_label}_{model._meta.model_name}", model.objects.first()
    assert admin.post(_page(name, row.pk), {"text": "x", "state": "closed"}).status_code == 403
    assert admin.post(reverse(f"admin:{name}_delete", args=[row.pk]), {"post": "yes"}).status_code == 403


def test_operators_cannot_be_deleted(admin, operator):
    url = reverse("admin:operators_operator_delete", args=[operator.pk])
    assert admin.post(url, {"post": "yes"}).status_code == 403


# --- letting in and dismissing ------------------------------------------------------------------------------


def _tick(admin, operator, *, active):
    form = {"form-TOTAL_FORMS": 1, "form-INITIAL_FORMS": 1, "form-0-id": operator.pk, "_save": "1"}
    return admin.post(_list("operators_operator"), form | ({"form-0-active": "on"} if active else {}))


def _act(admin, name, action, *rows):
    form = {"action": action, "_selected_action": [row.pk for row in rows]}
    return admin.post(_list(name), form, follow=True)


def test_tick_lets_an_applicant_in_and_tells_them(admin, make_phone):
    applicant = make_phone("Олег", approved=False)
    _tick(admin, Operator.objects.get(), active=True)
    assert Operator.objects.get().active
    assert "/start" in applicant.receive()[-1]


def test_tick_taken_away_dismisses_and_frees_the_conversations(admin, operator, held):
    _tick(admin, operator, active=False)
    held.refresh_from_db()
    operator.refresh_from_db()
    assert (operator.active, operator.on_duty, held.state) == (False, False, "waiting")


def test_tick_on_the_operators_own_page_does_the_same(admin, operator, held):
    admin.post(_page("operators_operator", operator.pk), {"name": "Олег П.", "language": "ru"})
    held.refresh_from_db()
    operator.refresh_from_db()
    assert (operator.active, operator.name, held.state) == (False, "Олег П.", "waiting")


def test_new_name_changes_nothing_else(admin, operator, held):
    admin.post(
        _page("operators_operator", operator.pk), {"name": "Олег П.", "language": "ru", "active": "on"}
    )
    held.refresh_from_db()
    operator.refresh_from_db()
    assert (operator.name, operator.on_duty, held.state) == ("Олег П.", True, "operator")


def test_action_lets_several_in(admin):
    applicants = [register(telegram_id=n, chat_id=n, name=f"Заявитель {n}") for n in (1, 2)]
    assert "Допущено: 2" in _text(_act(admin, "operators_operator", "let_in", *applicants))
    assert Operator.objects.approved().count() == 2


def test_action_dismisses(admin, operator, held):
    _act(admin, "operators_operator", "dismiss", operator)
    held.refresh_from_db()
    assert held.state == "waiting"


def test_reader_cannot_dismiss(reader, operator):
    _act(reader, "operators_operator", "dismiss", operator)
    _tick(reader, operator, active=False)
    operator.refresh_from_db()
    assert operator.active


# --- conversations ------------------------------------------------------------------------------------------


def test_transcript_reads_like_the_chat(admin, phone, held):
    phone.type("Здравствуйте!")
    page = _text(admin.get(_page("chats_conversation", held.pk)))
    said = ["Где мой заказ?", "Переключаю на человека", "подключился оператор: Олег", "Здравствуйте!"]
    places = [page.index(words) for words in said]
    assert places == sorted(places)


def test_transcript_names_the_sources_of_an_answer(admin, held):
    last = held.messages.order_by("seq").last()
    sources = [{"id": 1, "title": "Как вернуть товар?", "url": "https://shop.example/returns"}]
    Message.objects.filter(pk=last.pk).update(author="bot", meta={"sources": sources})
    assert "Источник: Как вернуть товар?" in _text(admin.get(_page("chats_conversation", held.pk)))


def test_menu_counts_nothing_where_there_is_nothing(admin):
    assert "None" not in _text(admin.get(reverse("admin:index")))


def test_transcript_shows_html_as_text(admin, make_waiting):
    conversation = make_waiting("<img src=x>", text="<script>alert(1)</script>")
    page = _text(admin.get(_page("chats_conversation", conversation.pk)))
    assert "&lt;script&gt;alert(1)" in page
    assert "<img src=x>" not in page


def test_long_transcript_shows_its_end(admin, held, monkeypatch):
    from chats.admin import conversations

    monkeypatch.setattr(conversations, "SHOWN", 2)
    receive_message(contact=held.contact, text="Последний вопрос")
    page = _text(admin.get(_page("chats_conversation", held.pk)))
    assert "Последний вопрос" in page
    assert "Где мой заказ?" not in page
    assert "Показать все сообщения" in page


@pytest.mark.parametrize("words", ["Мария", "@maria_i", "мой заказ", "{number}", "№{number}"])
def test_conversation_is_found_by(admin, make_waiting, words):
    maria, ivan = make_waiting("Мария", username="maria_i"), make_waiting("Иван", text="Где товар?")
    page = _text(admin.get(_list("chats_conversation", q=words.format(number=maria.pk))))
    assert _page("chats_conversation", maria.pk) in page
    assert _page("chats_conversation", ivan.pk) not in page


@pytest.mark.parametrize("query", [{"channel": "telegram"}, {"human": "yes"}, {"state__exact": "waiting"}])
def test_conversations_can_be_filtered(admin, waiting, query):
    assert _page("chats_conversation", waiting.pk) in _text(admin.get(_list("chats_conversation", **query)))


@pytest.mark.parametrize("query", [{"channel": "web"}, {"human": "no"}, {"state__exact": "closed"}])
def test_filters_leave_out_the_others(admin, waiting, query):
    assert _page("chats_conversation", waiting.pk) not in _text(
        admin.get(_list("chats_conversation", **query))
    )


def test_name_of_a_visitor_can_be_put_right(admin, visitor):
    admin.post(_page("chats_contact", visitor.pk), {"name": "Мария Иванова", "language": "ru"})
    visitor.refresh_from_db()
    assert visitor.name == "Мария Иванова"


# --- deliveries ---------------------------------------------------------------------------------------------


@pytest.fixture
def failed(held):
    delivery = Delivery.objects.filter(channel="telegram").first()
    Delivery.objects.filter(pk=delivery.pk).update(state="failed", error="Forbidden", attempts=3)
    return delivery


def test_failed_delivery_can_be_sent_again(admin, failed):
    assert "Отправляем снова: 1" in _text(_act(admin, "chats_delivery", "retry", failed))
    failed.refresh_from_db()
    assert failed.state == "pending"


def test_delivery_that_was_sent_is_not_sent_again(admin, held):
    sent = Delivery.objects.filter(channel="operator", state="sent").first()
    _act(admin, "chats_delivery", "retry", sent)
    sent.refresh_from_db()
    assert sent.state == "sent"


def test_reader_cannot_send_again(reader, failed):
    _act(reader, "chats_delivery", "retry", failed)
    failed.refresh_from_db()
    assert failed.state == "failed"


# --- the first page, and speed --------------------------------------------------------------------------------


def test_first_page_shows_how_the_desk_is_doing(admin, phone, make_waiting, make_held):
    make_held(phone, "Мария")
    make_waiting("Иван")
    register(telegram_id=1, chat_id=1, name="Заявитель")
    response = admin.get("/admin/")
    figures = {figure["title"]: figure["value"] for figure in response.context["figures"]}
    assert figures == {
        "Ждут оператора": 1,
        "На дежурстве": 1,
        "Диалогов сегодня": 2,
        "Звали человека": 2,
        "Не доставлено": 0,
    }
    assert "Иван" in _text(response)


def test_first_page_opens_on_an_empty_desk(admin):
    assert "Никто не ждёт" in _text(admin.get("/admin/"))


@pytest.mark.parametrize("name", LISTS[:6])
def test_list_asks_no_more_for_more_rows(admin, phone, make_held, name):
    def count():
        with CaptureQueriesContext(
            connection,
        ) as queries:
            _text(admin.get(_list(name)))
        return len(queries)

    make_held(phone, "Мария")
    count()  # content types and permissions are remembered
    before = count()
    for number in range(6):
        make_held(phone, f"Посетитель {number}")
        register(telegram_id=number + 1, chat_id=number + 1, name=f"Заявитель {number}")
    assert count() <= before


def test_first_page_asks_no_more_for_more_rows(admin, make_waiting):
    def count():
        with CaptureQueriesContext(connection) as queries:
            _text(admin.get("/admin/"))
        return len(queries)

    make_waiting("Мария")
    count()
    before = count()
    for number in range(6):
        make_waiting(f"Посетитель {number}")
    assert count() <= before


def test_popular_questions_can_be_edited(admin):
    question = PopularQuestion.objects.create(text="Где заказ?")
    admin.post(
        _page("chats_popularquestion", question.pk), {"text": "Как вернуть?", "language": "ru", "order": 1}
    )
    question.refresh_from_db()
    assert (question.text, question.active) == ("Как вернуть?", False)


def test_what_the_library_says_in_english_only_is_translated():
    with translation.override("ru"):
        assert translation.gettext("Type to search") == "Найти"


def test_key_of_the_api_is_shown_once(admin):
    added = admin.post(reverse("admin:chats_apikey_add"), {"name": "Магазин"}, follow=True)
    key = re.search(r"Ключ «Магазин»: (\S+)", _text(added))[1]
    assert ApiKey.objects.get_from_key(key).name == "Магазин"
    assert key not in _text(admin.get(_list("chats_apikey")))


def test_failed_update_can_be_handled_again(admin, stranger_says):
    update = TelegramUpdate.objects.create(
        bot="operators", update_id=5, state="failed", data=stranger_says("/start", 5)
    )
    assert "Обработано: 1" in _text(_act(admin, "telegram_bot_telegramupdate", "retry", update))
    assert Operator.objects.get().name == "Чужой"


@pytest.fixture
def stranger_says():
    """stranger_says("/start", 5): an update of the operator bot from somebody new."""

    def make(text, update_id):
        person = {"id": 77, "is_bot": False, "first_name": "Чужой"}
        message = {
            "message_id": 1,
            "chat": {"id": 77, "type": "private"},
            "from": person,
            "date": 1,
            "text": text,
        }
        return {"update_id": update_id, "message": message}

    return make


def test_first_page_tells_nothing_to_those_who_may_not_read(client, waiting):
    client.force_login(User.objects.create_user("newcomer", is_staff=True))
    assert "Мария" not in _text(client.get("/admin/"))
