"""A real Chromium on a website of another origin than the desk's."""

import os
import shutil
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Playwright, sync_playwright

from tests.widget.host_site import HostSite
from tests.widget.stream_stand import StreamStand
from tests.widget.visitor import Visitor

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    if CHROMIUM is None:
        for item in items:
            if item.get_closest_marker("browser"):
                item.add_marker(pytest.mark.skip(reason="NO CHROMIUM: the widget was not tested in a browser"))


@pytest.fixture(scope="session", autouse=True)
def _queries_beside_playwright() -> Iterator[None]:
    """Playwright's sync API keeps an event loop in this thread, in which Django would refuse to query."""
    before = os.environ.get("DJANGO_ALLOW_ASYNC_UNSAFE")
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    yield
    if before is None:
        del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    with sync_playwright() as playwright:
        yield playwright


@pytest.fixture(scope="session")
def browser(playwright) -> Iterator[Browser]:
    browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
    yield browser
    browser.close()


@pytest.fixture
def new_context(browser) -> Iterator[Callable[..., BrowserContext]]:
    """Opens a browser of one more person: `new_context(color_scheme="dark")`."""
    contexts: list[BrowserContext] = []

    def make(**options) -> BrowserContext:
        options = {"locale": "ru-RU", "viewport": {"width": 1280, "height": 800}} | options
        contexts.append(browser.new_context(**options))
        contexts[-1].set_default_timeout(10_000)
        return contexts[-1]

    yield make
    for context in contexts:
        context.close()


@pytest.fixture
def page(new_context) -> Page:
    return new_context().new_page()


@pytest.fixture
def phone(new_context) -> Page:
    return new_context(
        viewport={"width": 390, "height": 844}, is_mobile=True, has_touch=True, device_scale_factor=2
    ).new_page()


@pytest.fixture
def host_site(web_server) -> Iterator[HostSite]:
    """Somebody's website with the widget on it, on another port than the desk."""
    with HostSite(desk=web_server.url) as site:
        yield site


@pytest.fixture
def visitor(page, host_site) -> Visitor:
    """A person on that website whose chat is open."""
    page.goto(host_site.url())
    visitor = Visitor(page)
    visitor.open()
    return visitor


@pytest.fixture
def stream() -> Iterator[StreamStand]:
    """An event stream that says what the test wants, when it wants."""
    with StreamStand() as stand:
        yield stand
