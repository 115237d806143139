"""Answers appear as they are written; without a stream the widget polls, and it comes back by itself."""

import pytest
from playwright.sync_api import Route, expect

from chats.models import Contact, Message
from chats.redis import get_redis
from tests.widget.visitor import Visitor

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def listener(page, host_site, stream, eventually) -> Visitor:
    """A visitor who has asked something and listens to the stream."""
    stream.attach(page)
    page.goto(host_site.url())
    visitor = Visitor(page)
    visitor.open()
    visitor.say("Здравствуйте!")
    eventually(lambda: stream.readers == 1 and Message.objects.filter(author="bot").exists())
    page.evaluate("dispatchEvent(new Event('focus'))")  # this stream tells nothing by itself
    expect(visitor.bubbles("bot")).to_have_count(1)
    return visitor


@pytest.fixture
def partial(listener):
    """The bubble in which the bot is writing."""
    return listener.chat.locator(".live .bubble, [aria-hidden] .row.bot .bubble")


def _answer(text: str, seq: int = 3) -> dict:
    return {
        "seq": seq,
        "author": "bot",
        "text": text,
        "created_at": "2026-01-31T12:00:00+00:00",
        "operator": None,
    }


def test_an_answer_grows_and_becomes_the_message(listener, stream, partial):
    stream.say("delta", {"text": "Расска"})
    expect(partial).to_have_text("Расска")
    stream.say("delta", {"text": "зываю."})
    expect(partial).to_have_text("Рассказываю.")
    stream.say("message", _answer("Рассказываю."))
    listener.sees("bot", "Рассказываю.")
    expect(partial).to_have_count(0)


def test_a_retracted_answer_disappears(listener, stream, partial):
    stream.say("delta", {"text": "К сожалению, я не "})
    expect(partial).to_have_text("К сожалению, я не")
    stream.say("retract", {})
    expect(listener.chat.get_by_text("К сожалению")).to_have_count(0)


def test_an_operator_who_types_is_seen(listener, stream, eventually):
    def is_seen() -> bool:  # said anew each time, as by one who goes on typing
        stream.say("state", {"state": "operator", "operator": "Анна"})
        stream.say("typing", {"author": "operator"})
        return listener.chat.get_by_text("Анна печатает").count() == 1

    eventually(is_seen)


def test_a_poll_under_way_does_not_bring_back_an_older_state(listener, stream, page, eventually):
    held: list[Route] = []
    page.route("**/api/v1/chat/messages?after*", lambda route: held.append(route))
    page.evaluate("dispatchEvent(new Event('focus'))")
    eventually(lambda: page.wait_for_timeout(20) or len(held) == 1)
    older = held[0].fetch()
    stream.say("state", {"state": "operator", "operator": "Анна"})
    expect(listener.chat.get_by_text("Анна").first).to_be_visible()
    held[0].fulfill(response=older)
    eventually(lambda: page.wait_for_timeout(20) or len(held) == 2)  # the first answer is not to be trusted
    expect(listener.chat.get_by_text("Анна").first).to_be_visible()
    held[1].abort()


def test_a_message_comes_once_by_stream_and_poll(listener, stream, page):
    stream.say("message", _answer("Один раз"))
    stream.say("message", _answer("Один раз"))
    page.evaluate("dispatchEvent(new Event('focus'))")
    listener.sees("bot", "Один раз")


def test_a_message_that_the_stream_lost_is_fetched(listener, stream):
    contact = Contact.objects.get()
    conversation = contact.conversations.get()
    for seq, text in ((3, "Первый"), (4, "Второй")):
        Message.objects.create(contact=contact, conversation=conversation, seq=seq, author="bot", text=text)
    Contact.objects.update(last_seq=4)
    get_redis().flushdb()
    stream.say("message", _answer("Второй", seq=4))
    expect(listener.bubbles("bot")).to_have_count(3)
    expect(listener.bubbles("bot").nth(1)).to_have_text("Первый")


def test_a_cut_stream_is_resumed_where_it_ended(listener, stream, eventually):
    stream.say("message", _answer("До обрыва"))
    listener.sees("bot", "До обрыва")
    stream.cut()
    eventually(lambda: len(stream.requests) > 1 and stream.readers == 1)
    path, headers = stream.requests[-1]
    assert path.endswith("after=3")
    assert headers["Last-Event-ID"] == "3"


def test_without_a_stream_it_polls_and_returns_to_the_stream(listener, stream, eventually):
    stream.refusing = True
    stream.cut()
    eventually(lambda: stream.readers == 0)
    listener.say("Спасибо!")
    expect(listener.bubbles("bot")).to_have_count(2)
    stream.refusing = False
    eventually(lambda: stream.readers == 1, seconds=30)
    last = Contact.objects.get().last_seq
    stream.say("message", _answer("Снова в эфире", seq=last + 1))
    listener.sees("bot", "Снова в эфире")


def test_a_live_stream_makes_polls_rare(listener, page, stream):
    stream.say("message", _answer("Готово"))
    listener.sees("bot", "Готово")
    polls: list[str] = []
    page.on("request", lambda request: polls.append(request.url) if "messages?after" in request.url else None)
    page.wait_for_timeout(3000)
    assert polls == []
