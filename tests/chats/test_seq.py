"""seq follows commit order and has no holes, whoever writes at once."""

import threading
import uuid

import httpx
import pytest
from django.db import connection, transaction
from django.test import Client

from chats import conversations, inbox
from chats.models import Contact, Message
from tests.chats.conftest import ANNA

URL = "/api/v1/chat/messages"


def post(client: Client, text: str, headers: dict, client_id: uuid.UUID | None = None):
    body = {"text": text, "client_id": str(client_id or uuid.uuid4())}
    return client.post(URL, body, content_type="application/json", headers=headers)


class TestAtOnce:
    pytestmark = pytest.mark.django_db(transaction=True)

    @pytest.fixture
    def process_environment(self, process_environment):
        return process_environment | {
            "LIMIT_MESSAGES_TOKEN": "1000/minute",
            "LIMIT_MESSAGES_ADDRESS": "1000/minute",
            "QUEUED_MESSAGES": "0",
        }

    def test_two_hundred_messages_come_out_once_each_in_order_and_no_poll_sees_a_hole(
        self, web_server, headers, background
    ):
        url, stop, holes = f"{web_server.url}{URL}", threading.Event(), []

        def poll() -> int:
            seen, polls = 0, 0
            with httpx.Client(headers=headers, timeout=30) as client:
                while not stop.is_set() or seen < Message.objects.count():
                    page = client.get(url, params={"after": seen}).json()["messages"]
                    expected = list(range(seen + 1, seen + 1 + len(page)))
                    if [message["seq"] for message in page] != expected:
                        holes.append((seen, page))
                        return polls
                    seen += len(page)
                    polls += 1
            return polls

        def send(numbers: range) -> list[int]:
            with httpx.Client(headers=headers, timeout=30) as client:
                bodies = [{"text": f"Размер {n}", "client_id": str(uuid.uuid4())} for n in numbers]
                return [client.post(url, json=body).json()["seq"] for body in bodies]

        poller = background.start(poll)
        senders = [background.start(send, range(start, start + 20)) for start in range(0, 200, 20)]
        try:
            seqs = [sender.result(60) for sender in senders]
        finally:
            stop.set()
        assert poller.result(30) > 0
        assert holes == []
        assert sorted(seq for some in seqs for seq in some) == list(range(1, 201))
        assert all(some == sorted(some) for some in seqs)
        stored = Message.objects.order_by("seq").values_list("text", flat=True)
        assert sorted(stored) == sorted(f"Размер {n}" for n in range(200))

    def test_a_repeat_at_the_same_moment_is_stored_once(self, headers, background):
        client_id = uuid.uuid4()
        answers = background.at_once(*[lambda: post(Client(), "раз", headers, client_id)] * 8)
        assert sorted(answer.status_code for answer in answers) == [200] * 7 + [201]
        assert {answer.json()["seq"] for answer in answers} == {1}
        assert Contact.objects.get().last_seq == 1

    def test_the_first_messages_of_a_visitor_make_one_contact_and_one_conversation(self, headers, background):
        answers = background.at_once(*[lambda: post(Client(), "раз", headers)] * 8)
        assert sorted(answer.json()["seq"] for answer in answers) == list(range(1, 9))
        assert Contact.objects.get().conversations.count() == 1

    def test_a_message_that_commits_late_gets_the_later_seq(self, visitor, background):
        entered, may_commit = threading.Event(), threading.Event()

        def slowly() -> int:
            with transaction.atomic():
                seq = inbox.receive_message(contact=visitor, text="медленно").message.seq
                entered.set()
                may_commit.wait(10)
            return seq

        slow = background.start(slowly)
        entered.wait(10)
        quick = background.start(lambda: inbox.receive_message(contact=visitor, text="быстро").message.seq)
        seen_meanwhile = list(Message.objects.values_list("seq", flat=True))
        may_commit.set()
        assert (slow.result(10), quick.result(10), seen_meanwhile) == (1, 2, [])

    def test_one_visitor_does_not_wait_for_another(self, visitor, telegram_visitor):
        with transaction.atomic():
            inbox.receive_message(contact=visitor, text="раз")
            done = threading.Event()

            def other() -> None:
                inbox.receive_message(contact=telegram_visitor, text="два")
                connection.close()
                done.set()

            thread = threading.Thread(target=other)
            thread.start()
            assert done.wait(10)
            thread.join()

    def test_everybody_who_writes_at_once_is_in_one_order(self, visitor, with_operator, background):
        def visitor_says() -> int:
            return inbox.receive_message(contact=visitor, text="я").message.seq

        def operator_says() -> int:
            words = {"conversation_id": with_operator.pk, "text": "вы", **ANNA}
            return inbox.receive_operator_message(**words).seq

        before = Contact.objects.get().last_seq
        seqs = background.at_once(*[visitor_says, operator_says] * 10)
        assert sorted(seqs) == list(range(before + 1, before + 21))

    def test_of_many_claims_at_once_one_wins(self, waiting, background):
        def claim(number: int):
            return lambda: conversations.claim(
                conversation_id=waiting.pk, channel="operator", address=str(number), name=str(number)
            )

        outcomes = background.at_once(*[claim(number) for number in range(12)])
        losers = [outcome for outcome in outcomes if isinstance(outcome, conversations.ConversationConflict)]
        assert len(losers) == 11


pytestmark = pytest.mark.django_db


def test_a_repeat_answers_200_with_what_was_stored(client, headers):
    client_id = uuid.uuid4()
    first = post(client, "раз", headers, client_id)
    again = post(client, "уже другой текст", headers, client_id)
    assert (first.status_code, again.status_code) == (201, 200)
    assert again.json() == first.json()


def test_a_repeat_leaves_no_hole(client, headers):
    client_id = uuid.uuid4()
    for _ in range(3):
        post(client, "раз", headers, client_id)
    assert post(client, "два", headers).json()["seq"] == 2


def test_two_visitors_may_use_the_same_client_id(client, headers):
    client_id = uuid.uuid4()
    post(client, "раз", headers, client_id)
    assert post(client, "раз", {"Chat-Token": "another-visitor-of-it"}, client_id).status_code == 201


def test_a_repeat_after_the_end_of_the_conversation_opens_no_new_one(client, headers, visitor, closed):
    message = Message.objects.filter(author="visitor").first()
    Message.objects.filter(pk=message.pk).update(client_id=uuid.uuid4())
    message.refresh_from_db()
    post(client, message.text, headers, message.client_id)
    assert visitor.conversations.count() == 1


def test_a_message_without_client_id_is_never_a_repeat(visitor):
    seqs = [inbox.receive_message(contact=visitor, text="раз").message.seq for _ in range(2)]
    assert seqs == [1, 2]
