from datetime import timedelta

import pytest
from axes.models import AccessAttempt
from django.utils import timezone

pytestmark = pytest.mark.django_db

ATTACKER, HOME = "203.0.113.9", "198.51.100.7"


def _fail(log_in, times: int, **more) -> None:
    for _ in range(times):
        log_in("guess", **more)


def test_five_failures_close_the_door_with_a_clear_word(boss, log_in):
    _fail(log_in, 5)
    response = log_in()
    assert (response.status_code, response.headers["Retry-After"]) == (429, "900")
    assert "через 15 минут" in response.content.decode()


def test_four_failures_do_not(boss, log_in):
    _fail(log_in, 4)
    assert log_in().status_code == 302


def test_success_forgets_the_failures(boss, log_in):
    _fail(log_in, 4)
    log_in()
    _fail(log_in, 4)
    assert log_in().status_code == 302


def test_attacker_cannot_lock_the_admin_out(boss, log_in):
    _fail(log_in, 50, peer=ATTACKER)
    assert log_in(peer=ATTACKER).status_code == 429
    assert log_in(peer=HOME).status_code == 302


def test_attacker_behind_our_proxy_is_told_apart_from_the_admin(boss, log_in, settings):
    settings.TRUSTED_PROXIES = 1
    _fail(log_in, 5, peer="10.0.0.2", forwarded=ATTACKER)
    assert log_in(peer="10.0.0.2", forwarded=ATTACKER).status_code == 429
    assert log_in(peer="10.0.0.2", forwarded=HOME).status_code == 302


def test_forged_addresses_do_not_open_new_tries(boss, log_in, settings):
    settings.TRUSTED_PROXIES = 1
    for number in range(5):
        log_in("guess", peer="10.0.0.2", forwarded=f"192.0.2.{number}, {ATTACKER}")
    assert log_in(peer="10.0.0.2", forwarded=f"192.0.2.77, {ATTACKER}").status_code == 429


def test_without_a_proxy_of_ours_the_header_is_not_believed(boss, log_in):
    for number in range(5):
        log_in("guess", peer=ATTACKER, forwarded=f"192.0.2.{number}")
    assert log_in(peer=ATTACKER, forwarded=HOME).status_code == 429


def test_unix_socket_has_no_address_and_still_works(boss, log_in):
    assert log_in("guess", peer="").status_code == 200
    assert log_in(peer="").status_code == 302


def test_door_opens_again_after_the_pause(boss, log_in):
    _fail(log_in, 5)
    AccessAttempt.objects.update(attempt_time=timezone.now() - timedelta(minutes=16))
    assert log_in().status_code == 302


def test_failing_on_does_not_make_the_pause_longer(boss, log_in):
    _fail(log_in, 5)
    AccessAttempt.objects.update(attempt_time=timezone.now() - timedelta(minutes=14))
    _fail(log_in, 3)
    AccessAttempt.objects.update(attempt_time=timezone.now() - timedelta(minutes=16))
    assert log_in().status_code == 302


def test_what_is_kept_of_a_failure_has_no_password(boss, log_in):
    log_in("planted-guess")
    assert "planted-guess" not in str(list(AccessAttempt.objects.values()))
