"""What people wrote, in Telegram's HTML: parsed as the Bot API parses it, it is the same text again, and only text."""

import pytest

from chats.conversations import call_human
from chats.inbox import receive_message, receive_operator_message
from chats.messages import write_message
from chats.models import Contact, Delivery, Message
from llm.models import Character
from operators.models import Card, Handoff
from operators.queue import sync_handoff
from telegram_bot.bots import characters_render, support_render
from telegram_bot.bots.operators_render import card_text
from telegram_bot.sandbox.formatting import formatted_text
from tests.attacks.nasty import IN_SHORT, NASTY

pytestmark = pytest.mark.django_db
#: What only mark-up makes; bold and italic are our own words, commands and addresses Telegram finds in any text.
MADE = {"text_link", "text_mention", "code", "pre", "underline", "strikethrough", "spoiler", "blockquote"}


def read(params: dict) -> str:
    """The text as a phone shows it. Raises BotApiError where Telegram would refuse it."""
    shown, entities = formatted_text(params["text"], parse_mode=params.get("parse_mode"))
    assert MADE.isdisjoint(entity["type"] for entity in entities)
    return shown


def shown_on(phone) -> list[str]:
    phone.receive()
    return [read(params) for _, params in sorted(phone.shown.items()) if params["text"]]


@pytest.fixture(params=sorted(NASTY))
def text(request):
    return NASTY[request.param]


def test_card_has_it_as_text(phone, make_visitor, text):
    visitor = make_visitor(text)
    receive_message(contact=visitor, text=text)
    sync_handoff(conversation_id=call_human(contact=visitor).pk)
    Handoff.objects.update(reason="model", detail=text, summary=text)
    shown = read({"text": card_text(Card.objects.get()), "parse_mode": "HTML"})
    assert shown.count(text) == 5  # the name, the detail, the summary, who said it, what was said


def test_transcript_and_relay_have_it_as_text(phone, make_held, text):
    held = make_held(phone, text)
    receive_message(contact=held.contact, text=text)
    relayed = shown_on(phone)[-1]
    assert relayed.count(text) == 2  # the name above, the words below
    phone.type("/history")
    assert shown_on(phone)[-1].count(text) >= 2


def test_lists_have_it_as_text(phone, make_held, make_waiting, text):
    make_held(phone, text)
    make_waiting(text)
    for command in ("/chats", "/queue"):
        phone.type(command)
        assert text in shown_on(phone)[-1] or phone.has_button(text[:8])


def test_operators_words_and_name_reach_the_visitor_as_text(phone, operator, held, text):
    receive_operator_message(conversation_id=held.pk, channel="operator", address=operator.address, text=text)
    message = Message.objects.get(author="operator")
    message.operator_name = text
    (payload,) = support_render.payloads(message, held.contact.external_id)
    assert read(payload["params"]) == f"{text}\n{text}"


def test_character_speaks_in_plain_text(text):
    """Its greeting, an admin's words, and a model's: no mark-up is read in them at all."""
    character = Character.objects.create(slug="x", name=text, tagline=text, greeting=text, instructions="x")
    contact = Contact.objects.create(channel="character", external_id="1", last_seq=1)
    conversation = contact.conversations.create(character=character)
    message = write_message(contact=contact, conversation=conversation, seq=1, author="bot", text=text)
    (payload,) = characters_render.payloads(message, "1")
    assert "parse_mode" not in payload["params"]
    assert payload["params"]["text"] == text


def test_everything_that_waits_for_telegram_can_be_parsed(phone, other_phone, make_held):
    held = make_held(phone, IN_SHORT)
    receive_message(contact=held.contact, text=IN_SHORT * 40)
    phone.press(f"transfer:{held.pk}")
    other_phone.press(f"claim:{held.pk}")
    other_phone.press(f"finish:{held.pk}")
    texts = [row.payload["params"] for row in Delivery.objects.all() if "text" in row.payload["params"]]
    assert len(texts) > 8
    for params in texts:
        if params.get("parse_mode"):
            read(params)
