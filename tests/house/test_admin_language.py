"""The language of the admin."""

import pytest


@pytest.mark.parametrize("wanted", ["en", "ru", "de"])
def test_the_admin_speaks_russian_whatever_the_browser_asks_for(admin_client, wanted):
    page = admin_client.get("/admin/llm/character/", headers={"accept-language": wanted})
    text = page.content.decode()
    assert page.headers["Content-Language"] == "ru"
    assert '<html lang="ru"' in text
    assert "Type to search" not in text


def test_the_rest_of_the_site_speaks_the_visitors_language(client, db):
    assert client.get("/", headers={"accept-language": "en"}).headers["Content-Language"] == "en"
