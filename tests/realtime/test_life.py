"""The realtime process through losses and ends."""

import signal

import httpx
import pytest
import redis

from chats import live
from chats import redis as chats_redis
from chats.api.tokens import hash_token, make_contact
from chats.inbox import receive_message
from config.embedded import start_services

pytestmark = pytest.mark.django_db(transaction=True)
TOKEN = "a-visitor-of-the-site"


@pytest.fixture
def contact():
    return make_contact(hash_token(TOKEN))


@pytest.fixture
def own_redis(tmp_path):
    """A Redis that the test may kill."""
    with start_services(tmp_path / "services", postgres=False, durable=False) as services:
        yield services.redis


@pytest.fixture
def publish_there(own_redis, monkeypatch):
    """The engine in this process speaks to that Redis."""
    client = redis.Redis.from_url(own_redis.url, decode_responses=True)
    monkeypatch.setattr(chats_redis, "get_redis", lambda: client)
    monkeypatch.setattr(live, "get_redis", lambda: client)


def test_a_stop_ends_the_streams_in_good_order(start_process, listen, eventually):
    server = start_process("realtime")
    visitor = listen(token=TOKEN, url=server.url)
    server.popen.send_signal(signal.SIGTERM)
    eventually(visitor.ended.is_set)
    assert visitor.error is None  # the body has an end: the connection was not just cut
    assert 500 <= visitor.retries[-1] <= 4000
    assert server.popen.wait(10) in (0, -signal.SIGTERM)


def test_a_reader_who_leaves_is_forgotten_at_a_stop(start_process, listen):
    server = start_process("realtime")
    listen(token=TOKEN, url=server.url).close()
    server.popen.send_signal(signal.SIGTERM)
    assert server.popen.wait(10) in (0, -signal.SIGTERM)


def test_streams_outlive_redis(start_process, listen, eventually, contact, own_redis, publish_there):
    server = start_process("realtime", REDIS_URL=own_redis.url)
    visitor = listen(token=TOKEN, url=server.url)
    receive_message(contact=contact, text="раз")
    eventually(lambda: visitor.seqs == [1])
    own_redis.kill()
    receive_message(contact=contact, text="два")  # nobody is told, PostgreSQL is asked
    eventually(lambda: visitor.seqs == [1, 2], seconds=20)
    own_redis.start()
    eventually(lambda: httpx.get(f"{server.url}/readyz").status_code == 200, seconds=20)
    receive_message(contact=contact, text="три")
    eventually(lambda: visitor.seqs == [1, 2, 3])


def test_it_starts_and_serves_without_redis(start_process, listen, eventually, contact, own_redis):
    own_redis.kill()
    server = start_process("realtime", REDIS_URL=own_redis.url)
    receive_message(contact=contact, text="раз")
    visitor = listen(token=TOKEN, url=server.url)
    assert visitor.seqs == [1]
    assert httpx.get(f"{server.url}/readyz").status_code == 503


def test_it_starts_without_a_database_and_says_so(start_process, own_redis):
    server = start_process(
        "realtime", DATABASE_URL="postgresql://nobody:x@127.0.0.1:9/none", REDIS_URL=own_redis.url
    )
    assert httpx.get(f"{server.url}/healthz").status_code == 200
    answer = httpx.get(f"{server.url}/readyz", timeout=30)
    assert (answer.status_code, answer.json()["status"]) == (503, "not ready")
    assert answer.json()["database"] != "ok"
