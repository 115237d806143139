"""Where a login leads."""

import pytest

PASSWORD = "a-long-password-of-a-test"


@pytest.mark.parametrize(
    ("asked", "led_to"),
    [("/admin/login/", "/admin/"), ("/admin/login/?next=/admin/chats/contact/", "/admin/chats/contact/")],
)
@pytest.mark.django_db
def test_a_login_leads_into_the_admin(client, django_user_model, asked, led_to):
    django_user_model.objects.create_superuser("anna", password=PASSWORD)
    answer = client.post(asked, {"username": "anna", "password": PASSWORD})
    assert (answer.status_code, answer.url) == (302, led_to)
