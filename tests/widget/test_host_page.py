"""What the widget costs the page that embeds it, and what that page may forbid."""

import gzip
from pathlib import Path

import pytest
from django.conf import settings
from playwright.sync_api import expect

from chats.models import Message
from tests.widget.visitor import Visitor

STATIC = Path(settings.BASE_DIR) / "chats/static/chats"
# What moves within the chat's own window (a node of a shadow tree is told as null) is not the page's.
SHIFTS = """
    window.shifted = [];
    new PerformanceObserver((list) => {
        for (const entry of list.getEntries())
            for (const { node } of entry.sources) if (node) shifted.push(node.nodeName);
    }).observe({ type: "layout-shift", buffered: true });
"""


def _gzipped(*files: Path) -> int:
    return sum(len(gzip.compress(file.read_bytes())) for file in files)


def test_the_loader_is_under_4_kb():
    assert _gzipped(STATIC / "widget.js") < 4096


def test_all_of_it_is_under_16_kb():
    assert _gzipped(STATIC / "widget.js", *STATIC.glob("widget/*.js")) < 16384


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
class TestOnTheHostPage:
    @pytest.mark.parametrize("strict", ["origin", "nonce"])
    def test_it_works_under_a_strict_policy(self, page, host_site, strict):
        refused: list[str] = []
        page.on(
            "console", lambda line: refused.append(line.text) if "Content Security" in line.text else None
        )
        page.goto(host_site.url(strict=strict))
        visitor = Visitor(page)
        visitor.open()
        visitor.say("Под строгой политикой")
        visitor.sees("visitor", "Под строгой политикой")
        assert [line for line in refused if "/chat/stream" not in line] == []
        assert visitor.panel.evaluate("(it) => getComputedStyle(it).borderRadius") == "22px"

    def test_it_talks_to_another_origin_without_cookies(self, visitor, page, web_server):
        with page.expect_request("**/chat/messages") as sent:
            visitor.say("Через границу")
        visitor.sees("visitor", "Через границу")
        assert not page.url.startswith(web_server.url)
        assert "cookie" not in sent.value.all_headers()

    def test_the_page_does_not_move(self, page, host_site):
        page.add_init_script(SHIFTS)
        page.goto(host_site.url())
        visitor = Visitor(page)
        visitor.open()
        visitor.say("Не двигайтесь")
        visitor.sees("visitor", "Не двигайтесь")
        assert page.evaluate("shifted") == []

    def test_nothing_but_the_loader_is_loaded_for_who_does_not_chat(self, page, host_site, web_server):
        loaded: list[str] = []
        page.on("request", lambda request: loaded.append(request.url))
        page.goto(host_site.url())
        expect(Visitor(page).launcher).to_be_visible()
        page.wait_for_load_state("networkidle")
        assert [url for url in loaded if url.startswith(web_server.url)] == [
            f"{web_server.url}/static/chats/widget.js"
        ]

    def test_the_button_costs_less_than_50_ms(self, page, host_site):
        page.goto(host_site.url())
        expect(Visitor(page).launcher).to_be_visible()
        devtools = page.context.new_cdp_session(page)
        devtools.send("Profiler.enable")
        devtools.send("Profiler.start")
        page.reload()
        expect(Visitor(page).launcher).to_be_visible()
        profile = devtools.send("Profiler.stop")["profile"]
        ours = {node["id"] for node in profile["nodes"] if "/chats/" in node["callFrame"]["url"]}
        spent = sum(
            delta
            for node, delta in zip(profile["samples"], profile["timeDeltas"], strict=True)
            if node in ours
        )
        assert spent / 1000 < 50

    def test_the_styles_of_the_page_do_not_reach_in(self, page, host_site):
        page.goto(host_site.url())
        page.add_style_tag(
            content="* { color: red !important; font-size: 40px !important } button { display: none }"
        )
        visitor = Visitor(page)
        visitor.open()
        assert visitor.field.evaluate("(it) => getComputedStyle(it).fontSize") == "15px"

    def test_a_hidden_page_asks_nothing_and_a_shown_one_asks_at_once(self, visitor, page):
        visitor.say("Ждите")
        visitor.sees("visitor", "Ждите")
        _hide(page, True)
        polls: list[str] = []
        page.on(
            "request", lambda request: polls.append(request.url) if "messages?after" in request.url else None
        )
        page.wait_for_timeout(2500)
        assert polls == []
        with page.expect_request("**/chat/messages?after=*", timeout=2000):
            _hide(page, False)

    def test_it_works_where_storage_is_forbidden(self, page, host_site):
        page.add_init_script(
            "for (const name of ['localStorage', 'sessionStorage'])"
            " Object.defineProperty(window, name, { get() { throw new DOMException('no', 'SecurityError'); } });"
        )
        page.goto(host_site.url())
        visitor = Visitor(page)
        visitor.open()
        visitor.say("Без памяти")
        visitor.sees("visitor", "Без памяти")
        visitor.say("И ещё")
        visitor.sees("visitor", "И ещё")
        assert Message.objects.filter(author="visitor").values("contact").distinct().count() == 1

    def test_without_a_network_it_says_so_and_goes_on_later(self, visitor, page):
        page.context.set_offline(True)
        page.evaluate("dispatchEvent(new Event('focus'))")
        expect(visitor.chat.locator(".strip")).to_contain_text("Нет связи")
        visitor.say("Здравствуйте!")
        page.context.set_offline(False)
        visitor.sees("visitor", "Здравствуйте!")
        expect(visitor.chat.locator(".strip")).to_be_hidden()

    def test_a_second_tag_changes_nothing(self, page, host_site, web_server):
        page.goto(host_site.url())
        expect(Visitor(page).launcher).to_be_visible()
        page.add_script_tag(url=f"{web_server.url}/static/chats/widget.js")
        expect(page.locator("switchboard-chat")).to_have_count(1)


def _hide(page, hidden: bool) -> None:
    page.evaluate(
        """(hidden) => {
            Object.defineProperty(document, "hidden", { value: hidden, configurable: true });
            document.dispatchEvent(new Event("visibilitychange"));
        }""",
        hidden,
    )
