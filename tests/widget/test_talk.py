"""The visitor talks: what is sent arrives once, is kept, and is answered."""

import re

import pytest
from playwright.sync_api import expect

from chats.models import Contact, Message, PopularQuestion
from chats.privacy import erase_person, find_person
from chats.redis import get_redis
from tests.attacks.nasty import NASTY
from tests.widget.visitor import Visitor

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_an_answer_arrives(visitor):
    visitor.say("Здравствуйте!")
    visitor.sees("visitor", "Здравствуйте!")
    expect(visitor.bubbles("bot")).to_have_count(1)


def test_a_popular_question_is_asked_with_one_tap(page, host_site):
    PopularQuestion.objects.create(text="Сколько стоит доставка?", language="ru")
    page.goto(host_site.url())
    visitor = Visitor(page)
    visitor.open()
    page.get_by_role("button", name="Сколько стоит доставка?").click()
    visitor.sees("visitor", "Сколько стоит доставка?")
    expect(visitor.chat.locator(".welcome")).to_be_hidden()


def test_a_reload_keeps_the_conversation(visitor, page):
    visitor.say("Помните меня?")
    visitor.sees("visitor", "Помните меня?")
    page.reload()
    visitor.sees("visitor", "Помните меня?")


def test_another_tab_has_the_same_conversation(visitor, page, host_site):
    other = Visitor(page.context.new_page())
    other.page.goto(host_site.url())
    other.open()
    visitor.say("Из первой вкладки")
    other.sees("visitor", "Из первой вкладки")


def test_a_send_that_failed_is_retried_and_stored_once(visitor, page):
    page.route("**/chat/messages", lambda route: route.abort())
    visitor.say("Дойдёт?")
    expect(visitor.unsent).to_contain_text("Не отправлено")
    page.unroute("**/chat/messages")
    page.get_by_role("button", name="Повторить").click()
    visitor.sees("visitor", "Дойдёт?")
    expect(visitor.unsent).to_have_count(0)
    assert Message.objects.filter(author="visitor").count() == 1


def test_a_send_whose_answer_was_lost_is_not_doubled(visitor, page):
    def lose_the_answer(route):
        route.fetch()
        route.abort()

    page.route("**/chat/messages", lose_the_answer, times=1)
    visitor.say("Одно и то же")
    visitor.sees("visitor", "Одно и то же")
    expect(visitor.unsent).to_have_count(0)
    assert Message.objects.filter(author="visitor").count() == 1


def test_an_unsent_message_survives_a_reload(visitor, page):
    page.route("**/chat/messages", lambda route: route.abort())
    visitor.say("Не потеряйте")
    expect(visitor.unsent).to_contain_text("Не отправлено")
    page.unroute("**/chat/messages")
    page.reload()
    visitor.sees("visitor", "Не потеряйте")
    assert Message.objects.filter(author="visitor").count() == 1


def test_messages_go_in_the_order_in_which_they_were_written(visitor, page):
    page.route("**/chat/messages", lambda route: route.abort(), times=1)
    for number in range(5):
        visitor.say(f"Сообщение {number}")
    expect(visitor.bubbles("visitor")).to_have_text([f"Сообщение {number}" for number in range(5)])


def test_too_many_messages_wait_as_long_as_the_desk_asks(visitor, page):
    answer = {"status": 429, "headers": {"Retry-After": "1", "Access-Control-Allow-Origin": "*",
                                         "Access-Control-Expose-Headers": "retry-after"}}  # fmt: skip
    page.route("**/chat/messages", lambda route: route.fulfill(**answer), times=1)
    visitor.say("Слишком быстро")
    expect(visitor.unsent).to_contain_text("через 1 с")
    visitor.sees("visitor", "Слишком быстро")


def test_a_refused_message_can_be_edited(visitor, page):
    answer = {"status": 413, "headers": {"Access-Control-Allow-Origin": "*"}}
    page.route("**/chat/messages", lambda route: route.fulfill(**answer), times=1)
    visitor.say("Не то")
    expect(visitor.unsent).to_contain_text("слишком длинное")
    page.get_by_role("button", name="Изменить").click()
    expect(visitor.field).to_have_value("Не то")
    visitor.say("То")
    visitor.sees("visitor", "То")
    assert list(Message.objects.filter(author="visitor").values_list("text", flat=True)) == ["То"]


def test_more_than_4000_characters_are_held_back(visitor):
    visitor.field.fill("ж" * 4003)
    expect(visitor.chat.locator(".count")).to_have_text("Длиннее, чем можно, на 3")
    expect(visitor.chat.locator(".send")).to_be_disabled()
    visitor.field.fill("🙂" * 4000)
    visitor.field.press("Enter")
    visitor.sees("visitor", "🙂" * 4000)


def test_markup_is_shown_as_text(visitor, page):
    text = '<img src=x onerror="document.title=1"><script>document.title=2</script>'
    visitor.say(text)
    visitor.sees("visitor", text)
    assert page.title() == "Магазин"
    assert visitor.chat.locator("img, script").count() == 0


def test_whoever_wrote_it_it_is_text(visitor, page):
    visitor.say("Здравствуйте!")
    expect(visitor.bubbles("bot")).to_have_count(1)
    contact = Contact.objects.get()
    said = [(author, text) for author in ("visitor", "bot", "operator") for text in NASTY.values()]
    Message.objects.bulk_create(
        Message(contact=contact, conversation=contact.conversations.get(), seq=seq, author=author, text=text,
                operator_name=NASTY["picture"] if author == "operator" else "")
        for seq, (author, text) in enumerate(said, 3)
    )  # fmt: skip
    Contact.objects.update(last_seq=len(said) + 2)
    get_redis().flushdb()
    page.reload()
    for author in ("visitor", "bot", "operator"):
        expect(visitor.bubbles(author)).to_have_count(len(NASTY) + (author != "operator"))
        shown = visitor.bubbles(author).all_text_contents()[-len(NASTY) :]
        assert [text in bubble for text, bubble in zip(NASTY.values(), shown, strict=True)] == [True] * len(
            NASTY
        )
    assert page.evaluate("window.hacked") is None
    assert visitor.chat.locator("img, script, svg[onload], [onmouseover], a[href^=javascript]").count() == 0


def test_only_web_addresses_become_links(visitor):
    visitor.say("https://example.com/a_(b)?c=d. javascript:alert(1) http://пример.рф")
    links = visitor.bubbles("visitor").locator("a")
    expect(links).to_have_text(["https://example.com/a_(b)?c=d", "http://пример.рф"])
    expect(links.first).to_have_attribute("rel", re.compile("noopener"))


def test_a_long_history_comes_whole_and_opens_at_its_end(visitor, page):
    visitor.say("Здравствуйте!")
    expect(visitor.bubbles("bot")).to_have_count(1)
    contact = Contact.objects.get()
    conversation = contact.conversations.get()
    Message.objects.bulk_create(
        Message(contact=contact, conversation=conversation, seq=seq, author="bot", text=f"Ответ {seq}")
        for seq in range(3, 452)
    )
    Contact.objects.update(last_seq=451)
    get_redis().flushdb()
    page.reload()
    expect(visitor.log.locator(".row")).to_have_count(451)
    expect(visitor.bubbles("bot").last).to_be_in_viewport()


def test_whoever_was_erased_begins_anew(visitor):
    visitor.say("Здравствуйте!")
    expect(visitor.bubbles("bot")).to_have_count(1)
    erase_person(find_person(contact_id=Contact.objects.get().pk))
    visitor.say("Это снова я")
    visitor.sees("visitor", "Это снова я")
    expect(visitor.bubbles("visitor")).to_have_count(1)
    assert Message.objects.filter(contact__erased_at=None, author="visitor").get().seq == 1
