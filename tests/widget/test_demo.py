"""The demo shop: the page on which a newcomer meets the desk."""

import pytest
from playwright.sync_api import expect

from chats.models import PopularQuestion
from tests.widget.visitor import Visitor

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_the_shop_opens_the_chat_in_its_own_name(page, web_server):
    page.goto(web_server.url)
    page.get_by_role("button", name="Спросить: Те Гуань Инь").click()
    expect(Visitor(page).panel).to_have_accessible_name("Медный чайник")


def test_the_shop_speaks_english_too(page, web_server):
    PopularQuestion.objects.create(text="How much is delivery?", language="en")
    page.goto(web_server.url)
    page.get_by_role("link", name="English").click()
    page.get_by_role("button", name="Ask us").click()
    expect(page.get_by_role("button", name="How much is delivery?")).to_be_visible()


def test_the_shop_fits_a_phone(phone, web_server):
    phone.goto(web_server.url)
    assert phone.evaluate("document.documentElement.scrollWidth") == 390


def test_the_page_breaks_no_policy_of_its_own(page, web_server):
    refused: list[str] = []
    page.on("console", lambda line: refused.append(line.text) if line.type == "error" else None)
    page.goto(web_server.url)
    expect(Visitor(page).launcher).to_be_visible()
    assert refused == []
