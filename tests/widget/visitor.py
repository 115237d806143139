"""What a person does with the widget, in the words of the tests."""

from playwright.sync_api import Locator, Page, expect


class Visitor:
    """Somebody in front of a page with the widget."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.chat = page.locator("switchboard-chat")
        self.launcher = self.chat.locator(".launcher")
        self.panel = self.chat.get_by_role("dialog")
        self.field = self.chat.get_by_role("textbox")
        self.log = self.chat.get_by_role("log")
        self.unsent = self.chat.locator(".unsent .row")
        self.badge = self.chat.locator(".badge")
        self.call_human = self.chat.get_by_role("button", name="Позвать оператора")

    def open(self) -> None:
        self.launcher.click()
        expect(self.panel).to_be_visible()
        self.panel.evaluate("(panel) => Promise.all(panel.getAnimations().map((one) => one.finished))")

    def close(self) -> None:
        self.page.keyboard.press("Escape")
        expect(self.panel).to_be_hidden()

    def say(self, text: str) -> None:
        self.field.fill(text)
        self.field.press("Enter")

    def bubbles(self, author: str) -> Locator:
        """What that author has said and the desk has stored."""
        return self.log.locator(f".row.{author} .bubble")

    def sees(self, author: str, text: str) -> None:
        """Waits until exactly one message of that author has this text."""
        expect(self.bubbles(author).filter(has_text=text)).to_have_count(1)

    def reads_notice(self, text: str) -> None:
        expect(self.log.locator(".notice").filter(has_text=text)).to_have_count(1)
