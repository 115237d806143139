import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission, User
from django.urls import reverse

from chats.models import ApiKey
from operators.models import Operator

pytestmark = pytest.mark.django_db

OPERATORS = reverse("admin:operators_operator_changelist")
LOG = reverse("admin:admin_logentry_changelist")


def _act(client, action, *operators):
    client.post(OPERATORS, {"action": action, "_selected_action": [operator.pk for operator in operators]})


def _tick(client, operator, *, active):
    form = {"form-TOTAL_FORMS": 1, "form-INITIAL_FORMS": 1, "form-0-id": operator.pk, "_save": "1"}
    client.post(OPERATORS, form | ({"form-0-active": "on"} if active else {}))


def _log() -> list[tuple[str, str, str]]:
    rows = LogEntry.objects.order_by("pk").select_related("user")
    return [(row.user.username, row.object_repr, row.get_change_message()) for row in rows]


def test_approvals_and_dismissals_name_who_and_whom(admin, make_phone):
    make_phone("Олег", approved=False)
    _act(admin, "let_in", Operator.objects.get())
    _act(admin, "dismiss", Operator.objects.get())
    assert _log() == [("boss", "Олег", "Допущен к работе."), ("boss", "Олег", "Отстранён.")]


def test_tick_in_the_list_is_written_down_in_words_too(admin, make_phone):
    make_phone("Олег", approved=False)
    _tick(admin, Operator.objects.get(), active=True)
    _tick(admin, Operator.objects.get(), active=False)
    assert _log() == [("boss", "Олег", "Допущен к работе."), ("boss", "Олег", "Отстранён.")]


def test_letting_in_somebody_who_is_in_is_no_approval(admin, phone):
    _act(admin, "let_in", Operator.objects.get())
    assert _log() == []


def test_new_key_is_written_down_without_the_key(admin):
    admin.post(reverse("admin:chats_apikey_add"), {"name": "Магазин"})
    ((user, name, told),) = _log()
    assert (user, name) == ("boss", "Магазин")
    assert ApiKey.objects.get().prefix not in told


def test_revoking_a_key_is_written_down(admin):
    key, _ = ApiKey.objects.create_key(name="Магазин")
    admin.post(reverse("admin:chats_apikey_change", args=[key.pk]), {"name": "Магазин", "revoked": "on"})
    ((_, _, told),) = _log()
    assert "аннулирован" in told.lower() or "revoked" in told.lower()


def test_the_trail_can_be_read_and_searched(admin, make_phone):
    make_phone("Олег", approved=False)
    _act(admin, "let_in", Operator.objects.get())
    page = admin.get(LOG, {"q": "Олег"}).content.decode()
    assert "Допущен к работе." in page
    entry = reverse("admin:admin_logentry_change", args=[LogEntry.objects.get().pk])
    assert "Допущен к работе." in admin.get(entry).content.decode()


@pytest.mark.parametrize("page", ["add", "change", "delete"])
def test_nobody_can_touch_the_trail(admin, make_phone, page):
    make_phone("Олег", approved=False)
    _act(admin, "let_in", Operator.objects.get())
    args = [] if page == "add" else [LogEntry.objects.get().pk]
    admin.post(reverse(f"admin:admin_logentry_{page}", args=args), {"change_message": "", "post": "yes"})
    assert [told for *_, told in _log()] == ["Допущен к работе."]


def test_whoever_has_done_something_cannot_be_deleted_with_the_traces(client, admin, boss, make_phone):
    other = User.objects.create_superuser("other")
    make_phone("Олег", approved=False)
    _act(admin, "let_in", Operator.objects.get())
    client.force_login(other)
    client.post(reverse("admin:auth_user_delete", args=[boss.pk]), {"post": "yes"})
    assert [user for user, *_ in _log()] == ["boss"]


def test_the_trail_is_for_those_who_may_see_it(client):
    user = User.objects.create_user("newcomer", is_staff=True)
    client.force_login(user)
    assert client.get(LOG).status_code == 403
    user.user_permissions.add(Permission.objects.get(codename="view_logentry"))
    assert client.get(LOG).status_code == 200
