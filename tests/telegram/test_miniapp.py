"""The Mini App in a real browser: on its own with signed initData, and in the sandbox's phone."""

import re

import pytest
from playwright.sync_api import expect

from chats.models import Contact, Message
from llm.demo.loading import load_demo_characters
from llm.models import Character
from tests.attacks.nasty import NASTY
from tests.fixtures.chromium import CHROMIUM

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.browser,
    pytest.mark.skipif(not CHROMIUM, reason="there is no Chromium"),
]
PHONE = {"width": 390, "height": 844}


@pytest.fixture
def process_environment(process_environment, sandbox):
    return process_environment | {"TELEGRAM_SCRIPT_URL": f"{sandbox.url}/telegram-web-app.js"}


@pytest.fixture
def person(desk, settings, web_server):
    load_demo_characters()
    desk.request("PATCH", "/people/7000000001", {"language_code": "ru"})
    chat = desk.chat("characters", 7000000001)
    chat.start()
    chat.wait_for_bot("Выберите, с кем начать")
    return chat


@pytest.fixture
def page(browser):
    context = browser.new_context(viewport=PHONE, device_scale_factor=2, locale="ru-RU", has_touch=True)
    page = context.new_page()
    page.problems = []
    page.on("pageerror", lambda error: page.problems.append(str(error)))
    page.on("console", lambda message: message.type == "error" and page.problems.append(message.text))
    yield page
    context.close()


@pytest.fixture
def open_app(page, person, web_server):
    """open_app(theme="dark"): the app as a Telegram opens it that has no main button."""

    def open_app(**fields):
        answer = person.act("init_data", kind="menu", url=f"{web_server.url}/miniapp/", **fields)
        page.goto(re.sub("tgWebAppPlatform=[a-z]+", "", answer["full_url"]))
        return page

    return open_app


def card(page, name):
    return page.locator(".card", has_text=name)


def test_gallery_shows_everybody_with_a_picture(open_app):
    page = open_app()
    expect(page.locator(".card:not(.ghost)")).to_have_count(Character.objects.active().count())
    expect(page.get_by_role("heading", level=1)).to_have_text("С кем поговорим?")
    pictures = page.locator(".portrait img")
    page.wait_for_function("[...document.images].slice(0, 4).every((picture) => picture.naturalWidth > 0)")
    assert pictures.count() == Character.objects.active().count()
    assert page.problems == []


def test_choice_is_greeted_in_the_chat(open_app, person):
    page = open_app()
    card(page, "Марио").click()
    expect(page.get_by_role("radio", name="Марио")).to_be_checked()
    page.get_by_role("button", name="Выбрать: Марио").click()
    expect(page.get_by_role("heading", name="Готово!")).to_be_visible()
    person.wait_for_bot(Character.objects.get(slug="mario").greeting[:30])


def test_choice_that_is_lost_can_be_repeated(open_app, page, person):
    open_app()
    card(page, "Марио").click()
    page.route("**/miniapp/api/choice", lambda route: route.abort())
    page.get_by_role("button", name="Выбрать: Марио").click()
    expect(page.get_by_role("alert")).to_contain_text("Не получилось")
    page.unroute("**/miniapp/api/choice")
    page.get_by_role("button", name="Выбрать: Марио").click()
    person.wait_for_bot(Character.objects.get(slug="mario").greeting[:30])


def test_search_finds_by_name_and_by_line_and_says_when_there_is_nobody(open_app):
    page = open_app()
    search = page.get_by_role("searchbox")
    search.fill("эйнш")
    expect(page.locator(".card")).to_have_count(1)
    search.fill("ничего такого нет")
    expect(page.get_by_role("heading", name="Никого не нашлось")).to_be_visible()
    page.get_by_role("button", name="Показать всех").click()
    expect(page.locator(".card")).to_have_count(Character.objects.active().count())
    expect(search).to_be_focused()


def test_current_character_is_marked(open_app, person):
    person.start("einstein")
    person.wait_for_bot(Character.objects.get(slug="einstein").greeting[:20])
    page = open_app()
    expect(card(page, "Эйнштейн").locator(".now")).to_have_text("Сейчас")
    expect(page.locator(".now")).to_have_count(1)


def test_suggested_character_is_selected(open_app):
    page = open_app(start_param="holmes")
    expect(page.get_by_role("radio", name="Шерлок Холмс")).to_be_checked()


def test_keyboard_is_enough(open_app):
    page = open_app()
    expect(card(page, "Марио")).to_be_visible()
    page.get_by_role("searchbox").focus()
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    expect(page.get_by_role("radio").first).to_be_checked()
    page.keyboard.press("ArrowRight")
    expect(page.get_by_role("radio").nth(1)).to_be_checked()


def test_what_an_admin_wrote_is_text(open_app):
    for number, text in enumerate(NASTY.values()):
        Character.objects.create(
            slug=f"nasty-{number}",
            name=f"{number} {text}",
            tagline=text,
            greeting=text,
            instructions="x",
            order=0,
        )
    page = open_app()
    cards = page.locator(".card:not(.ghost)")
    expect(cards).to_have_count(Character.objects.active().count())
    shown = cards.all_text_contents()[: len(NASTY)]
    assert all(any(card.count(text) >= 2 for card in shown) for text in NASTY.values()), shown
    assert page.evaluate("window.hacked") is None
    assert page.problems == []


def test_old_opening_says_so(open_app):
    page = open_app(auth_date=1_700_000_000)
    expect(page.get_by_role("heading", name="Окно устарело")).to_be_visible()


def test_outside_telegram_it_says_so(page, person, web_server):
    page.goto(f"{web_server.url}/miniapp/")
    expect(page.get_by_role("heading", name="Откройте в Telegram")).to_be_visible()
    expect(page.get_by_role("searchbox")).to_be_hidden()


def test_lost_connection_can_be_tried_again(open_app, page):
    page.route("**/miniapp/api/characters", lambda route: route.abort())
    open_app()
    expect(page.get_by_role("heading", name="Не получилось связаться")).to_be_visible()
    page.unroute("**/miniapp/api/characters")
    page.get_by_role("button", name="Повторить").click()
    expect(card(page, "Марио")).to_be_visible()


def test_english_is_spoken_to_the_english(open_app, person, desk):
    desk.request("PATCH", "/people/7000000001", {"language_code": "en"})
    page = open_app()
    expect(page.get_by_role("heading", level=1)).to_have_text("Whom shall we talk to?")
    expect(card(page, "Mario")).to_be_visible()


def test_phone_in_the_sandbox_opens_it_and_shows_the_greeting(browser, person, sandbox):
    context = browser.new_context(viewport={"width": 1280, "height": 900}, locale="ru-RU")
    page = context.new_page()
    page.goto(sandbox.url)
    phone = open_chat(page)
    phone.get_by_role("button", name="Выбрать персонажа").last.click()
    phone.frame_locator("iframe").locator(".card", has_text="Марио").click()
    main_button = phone.get_by_role("button", name="Выбрать: Марио")
    expect(main_button).to_be_visible()
    main_button.click()
    expect(phone.locator("iframe")).to_have_count(0)
    expect(phone.get_by_text(Character.objects.get(slug="mario").greeting[:30])).to_be_visible()
    assert Contact.objects.get().meta["character"] == Character.objects.get(slug="mario").pk
    assert Message.objects.count() == 1
    context.close()


def open_chat(page):
    """The phone of the first person, in the chat with the characters bot."""
    phone = page.locator('.phone[data-person="7000000001"]')
    phone.get_by_role("button", name="К списку чатов").click()
    phone.locator(".chat-row").nth(2).click()
    return phone
