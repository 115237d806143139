import pytest
from django.contrib.auth.models import User

from tests.operators.conftest import (  # noqa: F401
    _no_hints,
    held,
    make_held,
    make_phone,
    make_visitor,
    make_waiting,
    operator,
    other_operator,
    other_phone,
    phone,
    visitor,
    waiting,
)


@pytest.fixture
def boss(db):
    return User.objects.create_superuser("boss")


@pytest.fixture
def admin(client, boss):
    client.force_login(boss)
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "ru"
    return client
