"""It fits the screen, the theme, the keyboard and the reader's language."""

import pytest
from playwright.sync_api import Page, expect

from chats.models import Message
from tests.widget.visitor import Visitor

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
DARK = "getComputedStyle(document.querySelector('switchboard-chat').shadowRoot.querySelector('dialog')).backgroundColor"


def _opened(page: Page, url: str) -> Visitor:
    page.goto(url)
    visitor = Visitor(page)
    visitor.open()
    return visitor


def test_the_keyboard_is_enough(page, host_site):
    page.goto(host_site.url())
    visitor = Visitor(page)
    visitor.launcher.focus()
    page.keyboard.press("Enter")
    expect(visitor.field).to_be_focused()
    page.keyboard.type("First")
    page.keyboard.press("Shift+Enter")
    page.keyboard.type("second")
    page.keyboard.press("Enter")
    visitor.sees("visitor", "First second")
    assert Message.objects.get(author="visitor").text == "First\nsecond"
    page.keyboard.press("Escape")
    expect(visitor.panel).to_be_hidden()
    expect(visitor.launcher).to_be_focused()


def test_the_shortcuts_of_the_host_page_do_not_hear_what_is_typed(visitor, page):
    page.evaluate("document.addEventListener('keydown', () => document.title = 'heard')")
    visitor.field.press_sequentially("s/")
    assert page.title() == "Магазин"


def test_a_screen_reader_hears_new_messages(visitor):
    visitor.say("Здравствуйте!")
    expect(visitor.bubbles("bot")).to_have_count(1)
    expect(visitor.log).to_have_attribute("aria-live", "polite")


def test_every_control_has_a_name(visitor):
    names = visitor.chat.get_by_role("button").evaluate_all(
        "buttons => buttons.map((button) => button.ariaLabel || button.textContent)"
    )
    assert all(names)
    expect(visitor.field).to_have_accessible_name("Сообщение")
    expect(visitor.panel).to_have_accessible_name("Switchboard")


def test_on_a_phone_it_fills_the_screen(phone, host_site):
    visitor = _opened(phone, host_site.url())
    assert visitor.panel.bounding_box() == {"x": 0, "y": 0, "width": 390, "height": 844}
    expect(visitor.field).not_to_be_focused()
    expect(visitor.launcher).to_be_hidden()


def test_on_a_phone_it_makes_room_for_the_keyboard(phone, host_site):
    visitor = _opened(phone, host_site.url())
    phone.evaluate(
        """() => {
            Object.defineProperty(visualViewport, "height", { value: 500 });
            visualViewport.dispatchEvent(new Event("resize"));
        }"""
    )
    assert visitor.panel.bounding_box()["height"] == 500
    expect(visitor.field).to_be_in_viewport()


def test_on_a_phone_the_focus_stays_inside(phone, host_site):
    visitor = _opened(phone, host_site.url())
    for _ in range(12):
        phone.keyboard.press("Tab")
        assert phone.evaluate("document.activeElement.localName") in ("switchboard-chat", "body")
    expect(visitor.panel).to_be_visible()


def test_it_is_dark_when_the_visitor_likes_it_dark(new_context, host_site):
    page = new_context(color_scheme="dark").new_page()
    _opened(page, host_site.url())
    assert page.evaluate(DARK) == "rgb(23, 24, 28)"


def test_the_site_decides_the_theme(new_context, host_site):
    page = new_context(color_scheme="dark").new_page()
    _opened(page, host_site.url(theme="light"))
    assert page.evaluate(DARK) == "rgb(255, 255, 255)"


def test_the_site_gives_colour_title_and_side(page, host_site):
    visitor = _opened(page, host_site.url(accent="#ffd23f", title="Помощь", position="left"))
    expect(visitor.chat.get_by_role("heading", name="Помощь")).to_be_visible()
    assert visitor.panel.bounding_box()["x"] == 20
    assert visitor.launcher.evaluate("(it) => getComputedStyle(it).color") == "rgb(20, 22, 27)"


def test_it_speaks_the_language_of_the_page(page, host_site):
    visitor = _opened(page, host_site.url(lang="en"))
    expect(visitor.chat.get_by_role("button", name="Call a human")).to_be_visible()


def test_it_speaks_the_language_that_the_site_asks_for(page, host_site):
    visitor = _opened(page, host_site.url(lang="en", language="ru"))
    expect(visitor.call_human).to_be_visible()


def test_nothing_moves_for_those_who_do_not_want_it(new_context, host_site):
    page = new_context(reduced_motion="reduce").new_page()
    visitor = _opened(page, host_site.url())
    assert visitor.panel.evaluate("(it) => getComputedStyle(it).animationName") == "none"
