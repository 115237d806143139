"""A real Chromium on a website of another origin than the desk's."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import BrowserContext, Page

from tests.widget.host_site import HostSite
from tests.widget.stream_stand import StreamStand
from tests.widget.visitor import Visitor


@pytest.fixture
def new_context(browser, web_server, worker) -> Iterator[Callable[..., BrowserContext]]:
    """Opens a browser of one more person: `new_context(color_scheme="dark")`.

    The desk is asked for first, so that nobody is talking any more when the database is emptied.
    """
    contexts: list[BrowserContext] = []
    errors: list[str] = []

    def make(**options) -> BrowserContext:
        options = {"locale": "ru-RU", "viewport": {"width": 1280, "height": 800}} | options
        contexts.append(browser.new_context(**options))
        contexts[-1].set_default_timeout(15_000)
        contexts[-1].on("weberror", lambda event: errors.append(str(event.error)))
        return contexts[-1]

    yield make
    for context in contexts:
        context.close()
    assert errors == [], "errors in the page"


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
