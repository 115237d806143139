"""The page of phones, in a real browser."""

import threading
from html import escape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from playwright.sync_api import expect

from telegram_bot.sandbox.client import wait_for
from tests.attacks.nasty import NASTY

pytestmark = pytest.mark.browser

MINI_APP = """<!doctype html><meta charset="utf-8"><title>Mini App</title><p id="who"></p>
<button id="alert">alert</button>
<script src="{url}/telegram-web-app.js"></script>
<script>
const app = Telegram.WebApp;
document.getElementById("who").textContent = app.initDataUnsafe.user.first_name + " " + app.colorScheme;
document.getElementById("alert").onclick = () => app.showAlert("Осторожно", () => document.body.append("понято"));
app.MainButton.setText("Выбрать").show().onClick(() => {{
  app.HapticFeedback.impactOccurred("light");
  app.sendData("einstein");
  app.close();
}});
app.ready();
</script>"""


@pytest.fixture
def page(browser, sandbox, api):
    """The page on a desktop; whatever it logs as an error fails the test."""
    yield from _open(browser, sandbox, {"width": 1440, "height": 900})


@pytest.fixture
def narrow_page(browser, sandbox, api):
    """The page on a phone."""
    yield from _open(browser, sandbox, {"width": 390, "height": 844})


def _open(browser, sandbox, viewport):
    context = browser.new_context(viewport=viewport, locale="ru-RU")
    page = context.new_page()
    page.set_default_timeout(15000)
    errors = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
    page.goto(sandbox.url)
    page.wait_for_selector(".phone")
    yield page
    context.close()
    assert errors == []


def phone(page, name):
    return page.locator(f'.phone[aria-label="{name}"]')


@pytest.fixture
def marias(page):
    return phone(page, "Мария, покупатель")


@pytest.fixture
def marias_chat(api):
    return api.chat("support", api.people()[0])


def test_start_is_pressed_and_the_answer_appears(call, marias, marias_chat):
    marias.get_by_role("button", name="Старт").click()
    wait_for(lambda: marias_chat.messages())
    call("sendMessage", chat_id=marias_chat.person, text="Здравствуйте")
    expect(marias.locator(".message.in .text")).to_have_text("Здравствуйте")


def test_what_somebody_wrote_is_text_and_never_html(call, page, marias, marias_chat):
    marias_chat.start()
    marias.get_by_role("textbox").fill(NASTY["picture"])
    marias.get_by_role("textbox").press("Enter")
    wait_for(lambda: marias_chat.messages()[1:])
    for evil in NASTY.values():
        call("sendMessage", chat_id=marias_chat.person, text=escape(evil), parse_mode="HTML")
    expect(marias.locator(".message .text")).to_have_text(["/start", NASTY["picture"], *NASTY.values()])
    assert page.evaluate("window.hacked") is None


def test_formatting_is_shown(call, marias, marias_chat):
    marias_chat.start()
    call(
        "sendMessage",
        chat_id=marias_chat.person,
        text='<b>ж<i>к</i></b><code>с</code><a href="https://example.com">ссылка</a><blockquote>цитата</blockquote>',
        parse_mode="HTML",
    )
    text = marias.locator(".message.in .text")
    expect(text.locator("strong em")).to_have_text("к")
    expect(text.locator("code")).to_have_text("с")
    expect(text.locator("a")).to_have_attribute("href", "https://example.com/")
    expect(text.locator("blockquote")).to_have_text("цитата")


def test_a_button_is_pressed_and_its_alert_shown(call, marias, marias_chat):
    marias_chat.start()
    keyboard = {"inline_keyboard": [[{"text": "Взять", "callback_data": "claim:1"}]]}
    card = call("sendMessage", chat_id=marias_chat.person, text="Карточка", reply_markup=keyboard)["result"]
    marias.get_by_role("button", name="Взять").click()
    update = wait_for(lambda: [u for u in call("getUpdates")["result"] if "callback_query" in u])[0]
    call(
        "answerCallbackQuery",
        callback_query_id=update["callback_query"]["id"],
        text="Уже взято",
        show_alert=True,
    )
    expect(marias.get_by_role("alertdialog")).to_contain_text("Уже взято")
    marias.get_by_role("alertdialog").get_by_role("button", name="ОК").click()
    call("editMessageText", chat_id=marias_chat.person, message_id=card["message_id"], text="Взял Олег")
    expect(marias.locator(".message.in .text")).to_have_text("Взял Олег")
    expect(marias.locator(".inline-keyboard")).to_have_count(0)


def test_a_toast_and_typing_and_a_draft_are_shown(call, marias, marias_chat):
    marias_chat.start()
    keyboard = {"inline_keyboard": [[{"text": "Да", "callback_data": "yes"}]]}
    call("sendMessage", chat_id=marias_chat.person, text="?", reply_markup=keyboard)
    marias.get_by_role("button", name="Да", exact=True).click()
    update = wait_for(lambda: [u for u in call("getUpdates")["result"] if "callback_query" in u])[0]
    call("answerCallbackQuery", callback_query_id=update["callback_query"]["id"], text="Принято")
    expect(marias.locator(".toast")).to_have_text("Принято")
    call("sendChatAction", chat_id=marias_chat.person, action="typing")
    expect(marias.locator(".chat-header small")).to_have_text("печатает…")
    call("sendMessageDraft", chat_id=marias_chat.person, draft_id=1, text="Ваш зак")
    expect(marias.locator(".draft .text")).to_have_text("Ваш зак")
    call("sendMessage", chat_id=marias_chat.person, text="Ваш заказ в пути")
    expect(marias.locator(".draft")).to_have_count(0)


def test_a_person_replies_and_edits(call, marias, marias_chat):
    marias_chat.start()
    call("sendMessage", chat_id=marias_chat.person, text="Вопрос?")
    marias.locator(".message.in .bubble").click(button="right")
    marias.get_by_role("menuitem", name="Ответить").click()
    marias.get_by_role("textbox").fill("Ответ")
    marias.get_by_role("button", name="Отправить").click()
    expect(marias.locator(".message.out .quote")).to_contain_text("Вопрос?")
    marias.locator(".message.out .bubble").last.click(button="right")
    marias.get_by_role("menuitem", name="Изменить").click()
    marias.get_by_role("textbox").fill("Другой ответ")
    marias.get_by_role("textbox").press("Enter")
    expect(marias.locator(".message.out .text").last).to_have_text("Другой ответ")
    expect(marias.locator(".message.out .stamp").last).to_contain_text("изменено")


def test_attachments_blocking_and_commands(call, marias, marias_chat):
    call("setMyCommands", commands=[{"command": "operator", "description": "Позвать оператора"}])
    marias_chat.start()
    for kind, seen in (
        ("Стикер", ".sticker"),
        ("Фото", ".photo"),
        ("Голосовое", ".voice"),
        ("Файл", ".document"),
    ):
        marias.get_by_role("button", name="Прикрепить").click()
        marias.get_by_role("menuitem", name=kind).click()
        expect(marias.locator(seen)).to_be_visible()
    marias.locator(".menu-button").click()
    marias.get_by_role("menuitem", name="/operator").click()
    expect(marias.locator(".message.out .text").last).to_have_text("/operator")
    marias.locator(".chat-header").get_by_role("button", name="Ещё").click()
    marias.get_by_role("menuitem", name="Заблокировать бота").click()
    expect(marias.get_by_role("button", name="Разблокировать")).to_be_visible()
    assert call("sendMessage", chat_id=marias_chat.person, text="x")["error_code"] == 403


def test_a_phone_is_added_and_the_language_switched(page, api):
    page.get_by_role("button", name="Добавить телефон").first.click()
    page.get_by_label("Имя").fill("Анна")
    page.get_by_role("button", name="Открыть телефон").click()
    expect(phone(page, "Анна").get_by_role("heading", name="Чаты")).to_be_visible()
    page.get_by_role("button", name="English").click()
    expect(phone(page, "Анна").get_by_role("heading", name="Chats")).to_be_visible()
    assert "Анна" in [person["first_name"] for person in api.people()]


@pytest.fixture
def mini_app(sandbox):
    """The URL of a Mini App on an origin of its own."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.end_headers()
            self.wfile.write(MINI_APP.format(url=sandbox.url).encode())

        def log_message(self, *args):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/app"
    server.shutdown()
    server.server_close()


def test_a_mini_app_knows_who_opened_it_and_speaks_with_telegram(call, marias, marias_chat, mini_app):
    marias_chat.start()
    rows = [[{"text": "Выбрать героя", "web_app": {"url": mini_app}}]]
    call("sendMessage", chat_id=marias_chat.person, text="?", reply_markup={"keyboard": rows})
    marias.get_by_role("button", name="Выбрать героя").click()
    frame = marias.frame_locator(".mini-app iframe")
    expect(frame.locator("#who")).to_have_text("Мария, покупатель light")
    frame.locator("#alert").click()
    marias.get_by_role("alertdialog").get_by_role("button", name="ОК").click()
    expect(frame.get_by_text("понято")).to_be_visible()
    marias.get_by_role("button", name="Выбрать", exact=True).click()
    expect(marias.locator(".mini-app")).to_have_count(0)
    update = wait_for(
        lambda: [u for u in call("getUpdates")["result"] if "web_app_data" in u.get("message", {})]
    )[0]
    assert update["message"]["web_app_data"] == {"data": "einstein", "button_text": "Выбрать героя"}


def test_the_menu_button_opens_a_mini_app(call, marias, marias_chat, mini_app):
    call("setChatMenuButton", menu_button={"type": "web_app", "text": "Герои", "web_app": {"url": mini_app}})
    marias_chat.start()
    marias.get_by_role("button", name="Герои").click()
    expect(marias.frame_locator(".mini-app iframe").locator("#who")).to_contain_text("Мария")
    marias.locator(".mini-header").get_by_role("button", name="Закрыть").click()
    expect(marias.locator(".mini-app")).to_have_count(0)


def test_a_narrow_screen_shows_one_phone_and_switches(narrow_page):
    maria, oleg = phone(narrow_page, "Мария, покупатель"), phone(narrow_page, "Олег, оператор")
    expect(maria).to_be_visible()
    expect(oleg).to_be_hidden()
    narrow_page.get_by_role("button", name="Олег, оператор").first.click()
    expect(oleg).to_be_visible()
    expect(maria).to_be_hidden()
    assert narrow_page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def test_the_policy_is_strict(page, sandbox):
    policy = page.request.get(sandbox.url).headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
