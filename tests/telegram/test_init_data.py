"""initData: only what Telegram has signed, for this bot, within the hour."""

from functools import partial
from urllib.parse import urlencode

import pytest

from telegram_bot.init_data import MAX_AGE, BadInitData, verify_init_data
from tests.telegram import signing
from tests.telegram.signing import TOKEN, USER

NOW = 1_800_000_000
sign = partial(signing.sign, auth_date=str(NOW))


def verify(raw, now=NOW):
    return verify_init_data(raw if isinstance(raw, str) else urlencode(raw), token=TOKEN, now=now)


def code_of(raw, now=NOW):
    with pytest.raises(BadInitData) as caught:
        verify(raw, now)
    return caught.value.code


def test_it_says_who_opened_the_app():
    data = verify(sign(start_param="mario"))
    assert (data.user.id, data.user.first_name, data.start_param) == (7000000001, "Мария", "mario")


def test_all_fields_but_hash_are_signed():
    assert verify(sign(signature="abc", chat_type="private")).user.id == USER["id"]
    assert code_of(sign() | {"chat_type": "private"}) == "forged"


@pytest.mark.parametrize("field", ["auth_date", "user", "query_id"])
def test_changed_field_is_noticed(field):
    assert code_of(sign() | {field: "1"}) == "forged"


def test_missing_field_is_noticed():
    fields = sign()
    del fields["query_id"]
    assert code_of(fields) == "forged"


def test_signature_of_another_bot_is_refused():
    assert code_of(sign(token="1000001:sandbox-support")) == "forged"


@pytest.mark.parametrize("given", ["", "0" * 64, "тест"])
def test_wrong_hash_is_refused(given):
    assert code_of(sign() | {"hash": given}) == "forged"


def test_hash_may_be_missing():
    fields = sign()
    del fields["hash"]
    assert code_of(fields) == "forged"


@pytest.mark.parametrize("age", [0, MAX_AGE])
def test_it_is_good_for_an_hour(age):
    assert verify(sign(), now=NOW + age).auth_date == NOW


@pytest.mark.parametrize("age", [MAX_AGE + 1, 10 * MAX_AGE, -3600])
def test_it_is_not_good_before_or_after(age):
    assert code_of(sign(), now=NOW + age) == "expired"


@pytest.mark.parametrize("auth_date", [None, "", "-5", "1e9", "x", "²"])
def test_strange_date_is_expired(auth_date):
    assert code_of(sign(auth_date=auth_date)) == "expired"


@pytest.mark.parametrize(
    "user",
    [None, "", "[]", "null", "{}", '"x"', '{"id": "7"}', '{"id": -7, "first_name": "x", "is_bot": false}'],
)
def test_strange_user_is_malformed(user):
    assert code_of(sign(user=user)) == "malformed"


@pytest.mark.parametrize("raw", ["&&&", "a", "hash=%ff", "x=1&" * 60, "x" * 9000])
def test_garbage_is_malformed(raw):
    assert code_of(raw) == "malformed"


def test_field_that_comes_twice_is_malformed():
    assert code_of(urlencode(sign()) + "&user=%7B%7D") == "malformed"


def test_nothing_is_missing():
    assert code_of("") == "missing"
