"""SIGTERM to a worker in the middle of an answer: it finishes, or gives back what it holds, in its grace period."""

import time
import uuid

import httpx
import pytest

from chats import sweeps
from chats.models import Conversation
from chats.redis import get_redis
from llm.testing.behaviour import Behaviour
from llm.testing.fake_llm import FakeLLM

pytestmark = pytest.mark.django_db(transaction=True)
URL = "/api/v1/chat/messages"


@pytest.fixture
def llm():
    """Thinks for some seconds."""
    with FakeLLM(default=Behaviour(latency=4)) as fake:
        yield fake


@pytest.fixture
def start_worker(start_process, processes, llm):
    """The only worker there is, with that LLM."""
    processes.stop("worker")

    def start(**environment: str):
        named = {"LLM_PROVIDER": "openai", "OPENAI_API_KEY": "for-tests", "OPENAI_BASE_URL": llm.openai_url}
        return start_process("worker", **named, **environment)

    return start


@pytest.fixture
def ask(web_server, headers):
    def post() -> None:
        body = {"text": "Сколько стоит доставка?", "client_id": str(uuid.uuid4())}
        assert httpx.post(f"{web_server.url}{URL}", json=body, headers=headers).status_code == 201

    return post


@pytest.fixture
def authors(web_server, headers):
    def read() -> list[str]:
        page = httpx.get(f"{web_server.url}{URL}", headers=headers, timeout=10).json()
        return [message["author"] for message in page["messages"]]

    return read


def test_an_answer_under_way_is_finished(start_worker, llm, ask, authors, eventually):
    worker = start_worker(SHUTDOWN_GRACE_SECONDS="30")
    ask()
    eventually(lambda: llm.requests)
    worker.popen.terminate()
    worker.popen.wait(30)
    assert authors() == ["visitor", "bot"]


def test_what_cannot_be_finished_in_time_is_given_back(start_worker, llm, ask, authors, eventually):
    llm.default = Behaviour(latency=10)
    worker = start_worker(SHUTDOWN_GRACE_SECONDS="2")
    ask()
    eventually(lambda: llm.requests)
    told = time.monotonic()
    worker.popen.terminate()
    worker.popen.wait(30)
    assert time.monotonic() - told < 8
    assert (
        Conversation.objects.answerable().count() == 1
    )  # at once, and not when the lease would have run out
    llm.default = Behaviour()
    start_worker()
    sweeps.sweep()
    eventually(lambda: authors() == ["visitor", "bot"], seconds=20)


def test_nothing_new_is_begun(start_worker, llm, ask, eventually):
    worker = start_worker(SHUTDOWN_GRACE_SECONDS="30")
    ask()
    eventually(lambda: llm.requests)
    worker.popen.terminate()
    eventually(lambda: "Warm shutdown" in worker.log)
    ask()
    worker.popen.wait(40)
    assert len(llm.requests) == 1
    assert get_redis().llen("answers") <= 1
    assert Conversation.objects.answerable().count() == 1
