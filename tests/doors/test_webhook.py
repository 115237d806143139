import hashlib
import hmac
import threading
import uuid
from datetime import timedelta

import pytest
from django.utils import timezone
from rest_framework.test import APIClient

from chats import answering, outbox
from chats.models import ApiKey, Contact, Delivery, Message, WebhookTask
from chats.signing import webhook_secret
from llm.reply import Reply

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def llm(monkeypatch):
    """The model repeats the last thing it was asked."""
    asked = []

    def compose(request, **_):
        asked.append([turn.text for turn in request.turns])
        return Reply(kind="answer", text=f"Ответ на: {request.turns[-1].text}")

    monkeypatch.setattr(answering, "compose_reply", compose)
    return asked


def send(client, receiver, message="Привет", **headers):
    body = {"message": message, "callback_url": receiver.url}
    return client.post("/webhook", body, format="json", headers=headers)


def work():
    """What the workers would do: answer what is asked, and send what is due."""
    contact = Contact.objects.get(channel="webhook")
    conversation = contact.conversations.get()
    while answering.answer_conversation(conversation_id=conversation.pk):
        pass
    Delivery.objects.update(next_attempt_at=timezone.now())
    outbox.flush_address(channel="webhook", address=contact.external_id)


@pytest.mark.usefixtures("allow_private")
class TestReply:
    def test_is_posted_to_the_callback_url(self, client, receiver):
        response = send(client, receiver)
        assert response.status_code == 200
        assert response.json()["status"] == "Processing"
        work()
        task_id = response.json()["task_id"]
        assert receiver.bodies == [{"generated_response": "Ответ на: Привет", "task_id": task_id}]

    def test_is_signed_and_carries_its_idempotency_key(self, client, receiver):
        task_id = send(client, receiver).json()["task_id"]
        work()
        headers, body = receiver.requests[0]
        stamp, signature = (part.split("=")[1] for part in headers["X-Switchboard-Signature"].split(","))
        expected = hmac.new(
            webhook_secret().encode(), f"{stamp}.".encode() + body, hashlib.sha256
        ).hexdigest()
        assert signature == expected
        assert headers["Idempotency-Key"] == task_id

    def test_each_request_has_its_own_and_they_come_in_order(self, client, receiver):
        ids = [send(client, receiver, f"Вопрос {number}").json()["task_id"] for number in (1, 2, 3)]
        work()
        assert [body["task_id"] for body in receiver.bodies] == ids
        assert [body["generated_response"] for body in receiver.bodies] == [
            f"Ответ на: Вопрос {n}" for n in (1, 2, 3)
        ]

    def test_rests_on_the_history_of_its_callback_url(self, client, receiver, llm):
        send(client, receiver, "Меня зовут Аня")
        work()
        send(client, receiver, "Как меня зовут?")
        work()
        assert llm[-1] == ["Меня зовут Аня", "Ответ на: Меня зовут Аня", "Как меня зовут?"]

    @pytest.mark.parametrize("status", [429, 500, 503])
    def test_is_sent_again_after_a_passing_failure(self, client, receiver, status):
        receiver.answers = [(status, {})]
        task_id = send(client, receiver).json()["task_id"]
        work()
        assert client.get(f"/webhook/{task_id}").json()["status"] == "delivering"
        work()
        assert client.get(f"/webhook/{task_id}").json()["status"] == "delivered"
        assert [body["task_id"] for body in receiver.bodies] == [task_id, task_id]

    def test_waits_as_long_as_retry_after_says(self, client, receiver):
        receiver.answers = [(429, {"Retry-After": "120"})]
        send(client, receiver)
        work()
        assert Delivery.objects.get().next_attempt_at > timezone.now() + timedelta(seconds=100)

    def test_pauses_grow(self, client, receiver):
        receiver.answers = [(500, {})] * 4
        send(client, receiver)
        pauses = []
        for _ in range(4):
            work()
            pauses.append((Delivery.objects.get().next_attempt_at - timezone.now()).total_seconds())
        assert pauses == pytest.approx([1, 2, 3, 3], abs=0.5)

    def test_is_given_up_after_a_day_and_can_be_sent_again(self, client, receiver):
        receiver.answers = [(500, {}), (500, {})]
        task_id = send(client, receiver).json()["task_id"]
        work()
        Delivery.objects.update(created_at=timezone.now() - timedelta(hours=25))
        work()
        assert client.get(f"/webhook/{task_id}").json()["status"] == "failed"
        outbox.retry_failed(delivery_ids=[Delivery.objects.get().pk])
        work()
        assert client.get(f"/webhook/{task_id}").json()["status"] == "delivered"

    def test_is_not_sent_again_to_who_refuses_it(self, client, receiver):
        receiver.answers = [(400, {})]
        task_id = send(client, receiver).json()["task_id"]
        work()
        assert client.get(f"/webhook/{task_id}").json()["status"] == "failed"

    def test_does_not_follow_a_redirect(self, client, receiver):
        receiver.answers = [(307, {"Location": receiver.url})]
        send(client, receiver)
        work()
        assert len(receiver.requests) == 1
        assert Delivery.objects.get().state == Delivery.State.FAILED

    def test_a_dead_callback_is_tried_again(self, client, receiver):
        send(client, receiver)
        receiver.server.shutdown()
        receiver.server.server_close()
        work()
        delivery = Delivery.objects.get()
        assert (delivery.state, delivery.attempts) == (Delivery.State.PENDING, 1)


@pytest.mark.usefixtures("allow_private")
class TestIdempotency:
    def test_a_repeat_returns_the_same_task_and_is_answered_once(self, client, receiver):
        first = send(client, receiver, **{"Idempotency-Key": "order-17"}).json()
        second = send(client, receiver, **{"Idempotency-Key": "order-17"}).json()
        assert first == second
        work()
        assert len(receiver.requests) == 1

    def test_the_same_key_with_another_message_is_refused(self, client, receiver):
        send(client, receiver, "один", **{"Idempotency-Key": "k"})
        response = send(client, receiver, "два", **{"Idempotency-Key": "k"})
        assert response.status_code == 422
        assert response.json()["detail"][0]["type"] == "idempotency_mismatch"

    def test_repeats_at_the_same_moment_make_one_task(self, receiver, settings):
        settings.LIMIT_WEBHOOK = "100/minute"
        tasks = in_threads(
            8, lambda: send(APIClient(), receiver, **{"Idempotency-Key": "k"}).json()["task_id"]
        )
        assert len(set(tasks)) == 1
        assert Message.objects.count() == WebhookTask.objects.count() == 1


class TestRefusal:
    @pytest.mark.parametrize(
        ("body", "kind", "field"),
        [
            ({"callback_url": "http://93.184.215.14/"}, "missing", "message"),
            ({"message": "", "callback_url": "http://93.184.215.14/"}, "string_too_short", "message"),
            ({"message": "  ", "callback_url": "http://93.184.215.14/"}, "string_too_short", "message"),
            ({"message": 5, "callback_url": "http://93.184.215.14/"}, "string_type", "message"),
            ({"message": "a" * 4001, "callback_url": "http://93.184.215.14/"}, "string_too_long", "message"),
            ({"message": "a"}, "missing", "callback_url"),
            ({"message": "a", "callback_url": "нет"}, "url_parsing", "callback_url"),
            ({"message": "a", "callback_url": "ftp://93.184.215.14/"}, "url_scheme", "callback_url"),
        ],
    )
    def test_names_the_field(self, client, body, kind, field):
        response = client.post("/webhook", body, format="json")
        assert response.status_code == 422
        answer = response.json()
        assert answer["body"] == body
        assert [(error["type"], error["loc"]) for error in answer["detail"]] == [(kind, [field])]
        assert all(error.keys() == {"type", "loc", "msg", "input"} for error in answer["detail"])
        assert not Message.objects.exists()

    @pytest.mark.parametrize("message", ["\\u0000", "\\u0001 \\u007f", "\\ud83d", " \\u0000\\u00a0"])
    @pytest.mark.parametrize("field", ["message", "callback_url"])
    def test_a_text_of_nothing_that_can_be_stored(self, client, message, field):
        fields = {"message": "a", "callback_url": "http://93.184.215.14/", field: message}
        body = "{" + ", ".join(f'"{name}": "{value}"' for name, value in fields.items()) + "}"
        response = client.post("/webhook", body.encode(), content_type="application/json")
        assert response.status_code in {400, 422}
        assert not Message.objects.exists()

    def test_length_is_that_of_what_was_sent(self, client):
        body = {"message": "\0" + "a" * 4000, "callback_url": "http://93.184.215.14/"}
        assert client.post("/webhook", body, format="json").status_code == 422

    def test_control_characters_in_a_text_are_left_out(self, client):
        body = {"message": "при\0вет", "callback_url": "http://93.184.215.14/"}
        assert client.post("/webhook", body, format="json").status_code == 200
        assert Message.objects.get().text == "привет"

    @pytest.mark.parametrize("body", [[], "text", 5, None])
    def test_a_body_that_is_no_object(self, client, body):
        assert client.post("/webhook", body, format="json").status_code == 422

    def test_a_body_that_is_no_json(self, client):
        assert client.post("/webhook", b"{", content_type="application/json").status_code == 400

    @pytest.mark.parametrize(
        "host",
        [
            "127.0.0.1", "localhost", "0.0.0.0", "10.0.0.1", "172.16.0.1", "192.168.1.1", "169.254.169.254",
            "100.64.0.1", "224.0.0.1", "[::1]", "[::]", "[fe80::1]", "[fd00::1]", "[::ffff:127.0.0.1]",
            "[64:ff9b::7f00:1]", "[2002:7f00:1::]", "2130706433", "0x7f000001", "0177.0.0.1", "127.1", "user@127.0.0.1",
        ],
    )  # fmt: skip
    def test_an_address_of_our_own_network(self, client, host):
        body = {"message": "a", "callback_url": f"http://{host}/callback"}
        response = client.post("/webhook", body, format="json")
        assert response.status_code == 422
        assert response.json()["detail"][0]["loc"] == ["callback_url"]

    def test_a_name_that_does_not_resolve(self, client):
        response = client.post(
            "/webhook", {"message": "a", "callback_url": "http://nobody.invalid/"}, format="json"
        )
        assert response.json()["detail"][0]["type"] == "forbidden_address"

    @pytest.mark.usefixtures("allow_private")
    def test_a_second_dns_answer_is_checked_at_the_time_of_the_call(self, client, receiver, settings):
        send(client, receiver)
        settings.WEBHOOK_ALLOW_PRIVATE = False
        work()
        assert not receiver.requests
        assert Delivery.objects.get().state == Delivery.State.FAILED


@pytest.mark.usefixtures("allow_private")
class TestLimit:
    def test_the_sixth_request_in_a_minute_is_turned_away(self, client, receiver):
        statuses = [send(client, receiver).status_code for _ in range(6)]
        assert statuses == [200] * 5 + [429]
        assert 1 <= int(send(client, receiver).headers["Retry-After"]) <= 60
        assert Message.objects.count() == 5

    def test_is_exact_under_concurrency(self, receiver):
        statuses = in_threads(20, lambda: send(APIClient(), receiver).status_code)
        assert sorted(statuses) == [200] * 5 + [429] * 15

    def test_counts_each_client_apart(self, client, receiver):
        for _ in range(5):
            send(client, receiver)
        assert send(APIClient(REMOTE_ADDR="198.51.100.7"), receiver).status_code == 200

    def test_cannot_be_escaped_by_a_forged_forwarded_header(self, client, receiver):
        statuses = [
            send(client, receiver, **{"X-Forwarded-For": f"198.51.100.{n}"}).status_code for n in range(6)
        ]
        assert statuses[-1] == 429


def test_a_key_is_needed_where_the_settings_say_so(client, receiver, settings, allow_private):
    settings.API_ANONYMOUS = False
    assert send(client, receiver).status_code == 401
    _, secret = ApiKey.objects.create_key(name="shop")
    assert send(client, receiver, Authorization=f"Api-Key {secret}").status_code == 200


def test_keys_do_not_share_a_history(client, receiver, allow_private):
    for name in ("one", "two"):
        _, secret = ApiKey.objects.create_key(name=name)
        send(client, receiver, Authorization=f"Api-Key {secret}")
    assert Contact.objects.filter(channel="webhook").count() == 2


def test_an_unknown_task_is_404(client):
    assert client.get(f"/webhook/{uuid.uuid4()}").status_code == 404


@pytest.mark.parametrize("task_id", ["0" * 36, "x", "null,null", "%00"])
def test_what_is_no_task_id_is_404(client, task_id):
    assert client.get(f"/webhook/{task_id}").json()["errors"][0]["code"] == "not_found"


def test_a_task_is_told_to_its_own_key_only(client, receiver, allow_private):
    keys = [ApiKey.objects.create_key(name=name)[1] for name in ("first", "second")]
    task = send(client, receiver, Authorization=f"Api-Key {keys[0]}").json()["task_id"]
    statuses = [
        client.get(f"/webhook/{task}", headers={"Authorization": f"Api-Key {key}"}).status_code
        for key in keys
    ]
    assert statuses == [200, 404]


def test_the_callback_sink_takes_a_reply(client):
    assert client.post("/callback", {"generated_response": "Привет"}, format="json").status_code == 200
    assert client.post("/callback", {}, format="json").status_code == 422


def in_threads(count, call):
    """Runs `call` in that many threads at the same moment and returns what each returned."""
    from django.db import connection

    results, barrier = [], threading.Barrier(count)

    def run():
        barrier.wait()
        try:
            results.append(call())
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results
