"""A message on its way through the real web server and a real worker."""

import uuid

import httpx
import pytest

pytestmark = pytest.mark.django_db(transaction=True)
HEADERS = {"Chat-Token": "a-visitor-of-the-site"}


def test_a_posted_message_is_answered_by_the_worker(web_server, worker, eventually):
    url = f"{web_server.url}/api/v1/chat/messages"
    posted = httpx.post(url, json={"text": "Здравствуйте!", "client_id": str(uuid.uuid4())}, headers=HEADERS)
    assert posted.status_code == 201
    answers = eventually(lambda: httpx.get(f"{url}?after=1", headers=HEADERS).json()["messages"])
    assert [(answer["seq"], answer["author"]) for answer in answers] == [(2, "bot")]


def test_the_web_server_serves_the_widget(web_server):
    answer = httpx.get(f"{web_server.url}/static/chats/widget.js")
    assert answer.status_code == 200


def test_the_realtime_process_is_alive(realtime_server):
    assert httpx.get(f"{realtime_server.url}/healthz").status_code == 200
