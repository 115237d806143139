"""A real Celery worker at work: what crosses the broker, and what survives its loss."""

import uuid
from datetime import timedelta

import httpx
import pytest
from django.utils import timezone

from chats import outbox, sweeps
from chats.models import Conversation
from chats.redis import get_redis
from config.embedded import start_services
from tests.chats.conftest import TOKEN

pytestmark = pytest.mark.django_db(transaction=True)
URL = "/api/v1/chat/messages"


class Site:
    """The website as its visitors use it."""

    def __init__(self, url: str) -> None:
        self.url = f"{url}{URL}"

    def say(self, text: str, token: str = TOKEN) -> int:
        body = {"text": text, "client_id": str(uuid.uuid4())}
        answer = httpx.post(self.url, json=body, headers={"Chat-Token": token}, timeout=30)
        assert answer.status_code == 201, answer.text
        return answer.json()["seq"]

    def authors(self, token: str = TOKEN) -> list[str]:
        page = httpx.get(self.url, headers={"Chat-Token": token}, timeout=30).json()
        return [message["author"] for message in page["messages"]]


@pytest.fixture
def site(web_server) -> Site:
    return Site(web_server.url)


def test_a_message_is_answered(site, worker, eventually):
    site.say("Здравствуйте!")
    eventually(lambda: site.authors() == ["visitor", "bot"])


def test_many_visitors_are_answered_each_once(site, worker, eventually, background):
    tokens = [f"visitor-number-{number:04d}" for number in range(20)]
    background.at_once(*[lambda token=token: site.say("Здравствуйте!", token) for token in tokens])
    eventually(lambda: Conversation.objects.unanswered().count() == 0, seconds=30)
    assert [site.authors(token) for token in tokens] == [["visitor", "bot"]] * 20


def test_two_workers_answer_each_once(site, worker, start_process, eventually, background):
    start_process("worker")
    tokens = [f"visitor-number-{number:04d}" for number in range(20)]
    background.at_once(*[lambda token=token: site.say("Здравствуйте!", token) for token in tokens])
    eventually(lambda: Conversation.objects.unanswered().count() == 0, seconds=30)
    assert [site.authors(token) for token in tokens] == [["visitor", "bot"]] * 20


def test_a_redis_that_forgot_everything_does_not_stop_a_running_worker(site, worker, eventually):
    site.say("Здравствуйте!")
    eventually(lambda: site.authors() == ["visitor", "bot"])
    get_redis().flushdb()
    site.say("Спасибо!")
    eventually(lambda: site.authors() == ["visitor", "bot"] * 2)


def test_a_worker_comes_back_with_its_redis(start_process, eventually, tmp_path):
    with start_services(tmp_path / "services", postgres=False, durable=False) as services:
        start_process("worker", REDIS_URL=services.redis_url)
        site = Site(start_process("web", REDIS_URL=services.redis_url).url)
        services.redis.kill()
        site.say("Здравствуйте!")
        services.redis.start()
        site.say("Спасибо!")  # goes into a connection that is no more: another hint for the sweep
        site.say("Здравствуйте!")
        eventually(lambda: site.authors()[-1] != "visitor", seconds=40)


def test_the_sweep_finds_what_a_lost_hint_left(site, start_process, eventually):
    site.say("Здравствуйте!")
    get_redis().flushdb()  # the hint is gone, and everything else Redis knew
    sweeps.sweep()
    start_process("worker")
    eventually(lambda: site.authors() == ["visitor", "bot"], seconds=20)


def test_the_sweep_adds_nothing_to_what_is_still_in_line(site):
    """While the workers are behind: each sweep would make the line longer than what is to do."""
    site.say("Здравствуйте!")
    outbox.enqueue(channel="telegram", address="7", payload={}, dedupe_key="one")
    assert sweeps.sweep() == (0, 0)


def test_the_sweep_hints_at_what_a_worker_took_from_the_line_and_did_not_do(site):
    for number in range(3):
        site.say("Здравствуйте!", f"visitor-number-{number:04d}")
    get_redis().lpop("answers")
    assert sweeps.sweep() == (1, 0)


def test_a_killed_worker_is_relieved(site, start_process, eventually):
    """It dies holding the lease; another one answers once the lease has run out."""
    site.say("Здравствуйте!")
    Conversation.objects.update(lease_until=timezone.now() + timedelta(seconds=2), lease_token="0" * 32)
    get_redis().flushdb()
    start_process("worker")

    def swept() -> bool:
        sweeps.sweep()
        return site.authors() == ["visitor", "bot"]

    eventually(swept, seconds=20)
