import re
import time

import pytest
from django.contrib.admin.models import LogEntry
from django.core.management import call_command
from django.test import Client
from django_otp.oath import TOTP
from django_otp.plugins.otp_static.models import StaticToken
from django_otp.plugins.otp_totp.models import TOTPDevice

pytestmark = pytest.mark.django_db

PAGE, FIRST = "/admin/totp/", "/admin/"


@pytest.fixture
def admin(client, boss):
    client.force_login(boss)
    return client


@pytest.fixture
def enrolled(admin) -> str:
    """The boss has enrolled; the text of the page with the spare codes."""
    admin.get(PAGE)
    text = admin.post(PAGE, {"code": _code()}).content.decode()
    TOTPDevice.objects.update(last_t=-1)  # as if half a minute had passed: a code works only once
    return text


@pytest.fixture
def newcomer(boss, enrolled) -> Client:
    """The same admin in another browser, with the password alone."""
    browser = Client()
    browser.force_login(boss)
    return browser


def _code(steps: int = 0) -> str:
    device = TOTPDevice.objects.get()
    totp = TOTP(device.bin_key, device.step, device.t0, device.digits)
    totp.time = time.time() + steps * device.step
    return f"{totp.token():06d}"


def _wrong() -> str:
    return f"{(int(_code()) + 500_000) % 1_000_000:06d}"


def _wait_is_over() -> None:
    TOTPDevice.objects.update(throttling_failure_timestamp=None, throttling_failure_count=0)


def test_nobody_is_asked_who_has_not_enrolled(admin):
    assert admin.get(FIRST).status_code == 200


def test_enrolling_shows_a_picture_and_the_key_from_here(admin):
    page = admin.get(PAGE)
    text = page.content.decode()
    assert 'src="data:image/svg+xml' in text
    assert not re.search(r'<img[^>]+src="https?:', text)
    assert "no-store" in page.headers["Cache-Control"]


def test_wrong_code_does_not_enrol(admin):
    admin.get(PAGE)
    assert "не подошёл" in admin.post(PAGE, {"code": _wrong()}).content.decode()
    assert not TOTPDevice.objects.get().confirmed


def test_enrolling_gives_spare_codes_and_goes_on(admin, enrolled):
    assert len(StaticToken.objects.all()) == 8
    assert all(token.token in enrolled for token in StaticToken.objects.all())
    assert admin.get(FIRST).status_code == 200


def test_password_alone_opens_nothing_any_more(newcomer):
    for path in (FIRST, "/admin/chats/message/", "/admin/password_change/", "/admin/search/?s=a"):
        response = newcomer.get(path)
        assert response.status_code == 302
        assert response.url.startswith(PAGE)


def test_code_opens_what_was_asked_for(newcomer):
    asked = newcomer.get("/admin/chats/message/").url
    assert newcomer.post(asked, {"code": _code()}).url == "/admin/chats/message/"
    assert newcomer.get("/admin/chats/message/").status_code == 200


@pytest.mark.parametrize("away", ["https://evil.example/admin/", "//evil.example", "/\\evil.example"])
def test_code_never_leads_elsewhere(newcomer, away):
    assert newcomer.post(f"{PAGE}?next={away}", {"code": _code()}).url == FIRST


def test_wrong_code_opens_nothing(newcomer):
    assert newcomer.post(PAGE, {"code": _wrong()}).status_code == 200
    assert newcomer.get(FIRST).status_code == 302


def test_guessing_has_to_wait(newcomer):
    newcomer.post(PAGE, {"code": _wrong()})
    newcomer.post(PAGE, {"code": _code()})
    assert newcomer.get(FIRST).status_code == 302


def test_code_works_once(newcomer, boss):
    code = _code()
    newcomer.post(PAGE, {"code": code})
    other = Client()
    other.force_login(boss)
    other.post(PAGE, {"code": code})
    assert other.get(FIRST).status_code == 302


def test_spare_code_works_once(newcomer, boss):
    spare = StaticToken.objects.first().token
    assert newcomer.post(PAGE, {"code": f" {spare.upper()} "}).status_code == 302
    _wait_is_over()
    other = Client()
    other.force_login(boss)
    assert other.post(PAGE, {"code": spare}).status_code == 200


def test_password_alone_cannot_enrol_another_phone(newcomer):
    assert "data:image/svg" not in newcomer.get(PAGE).content.decode()


def test_giving_it_up_needs_a_code(admin, enrolled):
    admin.post(PAGE, {"code": _wrong()})
    assert TOTPDevice.objects.exists()
    _wait_is_over()
    admin.post(PAGE, {"code": _code()})
    assert not TOTPDevice.objects.exists()
    assert not StaticToken.objects.exists()


def test_both_stand_in_the_audit_trail(admin, enrolled):
    admin.post(PAGE, {"code": _code()})
    told = [entry.get_change_message() for entry in LogEntry.objects.order_by("pk")]
    assert told == ["Включён второй фактор.", "Выключен второй фактор."]


def test_everybody_has_to_enrol_where_the_setting_says_so(admin, settings):
    settings.ADMIN_REQUIRE_TOTP = True
    assert admin.get(FIRST).url.startswith(PAGE)
    assert "data:image/svg" in admin.get(PAGE).content.decode()
    admin.post(PAGE, {"code": _code()})
    assert admin.get(FIRST).status_code == 200


def test_page_is_for_those_who_are_logged_in(client):
    assert client.get(PAGE).url.startswith("/admin/login/")


def test_somebody_who_has_lost_everything_is_helped_from_the_shell(newcomer):
    call_command("remove_second_factor", "boss")
    assert newcomer.get(FIRST).status_code == 200
