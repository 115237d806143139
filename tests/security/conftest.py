import pytest
from django.contrib.auth.models import User

PASSWORD = "correct horse battery"


@pytest.fixture(autouse=True)
def _plain_static(settings):
    """Nothing is collected here: names of static files stay as they are."""
    settings.STORAGES = settings.STORAGES | {
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    }


@pytest.fixture
def boss(db) -> User:
    return User.objects.create_superuser("boss", password=PASSWORD)


@pytest.fixture
def log_in(client):
    """log_in("guess", forwarded="203.0.113.9"): the answer to the login form."""

    def post(
        password: str = PASSWORD, *, name: str = "boss", peer: str = "198.51.100.1", forwarded: str = ""
    ):
        more = {"HTTP_X_FORWARDED_FOR": forwarded} if forwarded else {}
        form = {"username": name, "password": password, "next": "/admin/"}
        return client.post("/admin/login/", form, REMOTE_ADDR=peer, **more)

    return post
