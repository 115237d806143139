"""Messages on the stream: in order, each once, none lost."""

import pytest

from chats import live
from chats.api.tokens import hash_token, make_contact
from chats.inbox import receive_message
from chats.redis import get_redis

pytestmark = pytest.mark.django_db(transaction=True)
TOKEN = "a-visitor-of-the-site"


@pytest.fixture
def contact():
    return make_contact(hash_token(TOKEN))


def test_what_was_said_before_comes_first(listen, contact, eventually):
    for number in range(3):
        receive_message(contact=contact, text=f"Размер {number}")
    visitor = listen(token=TOKEN)
    assert visitor.seqs == [1, 2, 3]


def test_a_new_message_arrives(listen, contact, eventually):
    receive_message(contact=contact, text="раз")
    visitor = listen(token=TOKEN, after=1)
    receive_message(contact=contact, text="два")
    eventually(lambda: visitor.seqs == [2])
    assert visitor.named("message")[0]["text"] == "два"


def test_a_stream_opened_before_the_first_message_gets_it(listen, eventually):
    visitor = listen(token=TOKEN)
    receive_message(contact=make_contact(hash_token(TOKEN)), text="раз")
    eventually(lambda: visitor.seqs == [1])


def test_last_event_id_wins_over_after(listen, contact):
    for number in range(3):
        receive_message(contact=contact, text=f"Размер {number}")
    visitor = listen(token=TOKEN, after=0, headers={"Last-Event-ID": "2"})
    assert visitor.seqs == [3]


def test_a_message_has_its_seq_as_id(listen, contact):
    receive_message(contact=contact, text="раз")
    visitor = listen(token=TOKEN)
    assert [id for name, _, id in visitor.events if name == "message"] == ["1"]


def test_a_long_history_comes_whole(listen, contact, eventually):
    for number in range(130):
        receive_message(contact=contact, text=f"Размер {number}")
    visitor = listen(token=TOKEN)
    eventually(lambda: len(visitor.seqs) == 130)
    assert visitor.seqs == list(range(1, 131))


def test_a_lost_publish_is_healed_by_the_next_message(listen, contact, eventually, monkeypatch):
    visitor = listen(token=TOKEN)
    with monkeypatch.context() as patch:
        patch.setattr(live, "run_script", lambda *_: None)
        receive_message(contact=contact, text="этого никто не объявил")
    receive_message(contact=contact, text="два")
    eventually(lambda: len(visitor.seqs) == 2)
    assert visitor.seqs == [1, 2]


def test_a_seq_that_was_never_given_out_does_not_silence_the_stream(listen, contact, eventually):
    visitor = listen(token=TOKEN, after=999)
    receive_message(contact=contact, text="раз")
    eventually(lambda: visitor.seqs == [1])


def test_two_tabs_get_the_same(listen, contact, eventually):
    tabs = [listen(token=TOKEN), listen(token=TOKEN)]
    receive_message(contact=contact, text="раз")
    eventually(lambda: all(tab.seqs == [1] for tab in tabs))


def test_nobody_hears_another_visitor(listen, contact, eventually):
    visitor, stranger = listen(token=TOKEN), listen(token="another-visitor-of-it")
    receive_message(contact=contact, text="раз")
    eventually(lambda: visitor.seqs == [1])
    assert stranger.named("message") == []


def test_a_redis_that_forgot_everything_changes_nothing(listen, contact, eventually):
    visitor = listen(token=TOKEN)
    get_redis().flushdb()
    receive_message(contact=contact, text="раз")
    eventually(lambda: visitor.seqs == [1])
