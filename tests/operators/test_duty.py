import pytest

from chats.channels import PermanentDeliveryError, get_channel
from chats.models import Conversation, Delivery
from chats.outbox import flush_address
from operators.duty import NotApproved, approve, dismiss, go_off_duty, go_on_duty, register
from operators.failures import sweep_failures
from operators.models import Handoff, Operator
from operators.routing import route_text

pytestmark = pytest.mark.django_db


def _register(**fields):
    return register(**{"telegram_id": 7, "chat_id": 7, "name": "Олег"} | fields)


def test_person_who_registers_is_not_approved():
    assert not _register().active


def test_registering_again_keeps_the_name_an_admin_gave(db):
    Operator.objects.filter(pk=_register().pk).update(name="Олег Петрович")
    assert _register(username="oleg").name == "Олег Петрович"
    assert Operator.objects.get().username == "oleg"


def test_person_who_is_not_approved_cannot_go_on_duty():
    with pytest.raises(NotApproved):
        go_on_duty(operator_id=_register().pk)


def test_approved_person_is_told(make_phone):
    stranger = make_phone("Олег", approved=False)
    assert approve(operator_ids=[Operator.objects.get().pk]) == 1
    assert "/start" in stranger.receive()[-1]


def test_approving_again_tells_nothing(operator, phone):
    assert approve(operator_ids=[operator.pk]) == 0
    assert phone.receive() == []


def test_off_duty_puts_everything_back_into_the_queue(phone, operator, make_held):
    first, second = make_held(phone, "Мария"), make_held(phone, "Иван")
    assert go_off_duty(operator_id=operator.pk) == 2
    states = Conversation.objects.filter(pk__in=[first.pk, second.pk]).values_list("state", flat=True)
    assert set(states) == {"waiting"}
    assert set(Handoff.objects.unclaimed().values_list("reason", flat=True)) == {"off_duty"}


def test_off_duty_offers_it_to_the_others_with_the_reason(operator, held, other_phone):
    go_off_duty(operator_id=operator.pk)
    assert "ушёл с дежурства" in other_phone.receive()[-1]


def test_off_duty_twice_changes_nothing(operator):
    go_off_duty(operator_id=operator.pk)
    assert go_off_duty(operator_id=operator.pk) is None


def test_operator_who_is_back_is_offered_what_they_left(phone, operator, held):
    go_off_duty(operator_id=operator.pk)
    go_on_duty(operator_id=operator.pk)
    phone.receive()
    assert phone.has_button(f"Взять №{held.pk}")


def test_dismissal_takes_everything_away_at_once(phone, operator, held):
    assert dismiss(operator_ids=[operator.pk]) == 1
    held.refresh_from_db()
    operator.refresh_from_db()
    assert (held.state, operator.active, operator.on_duty) == ("waiting", False, False)
    assert "закрыл вам доступ" in phone.receive()[-1]


@pytest.fixture
def refuse(monkeypatch):
    """refuse("operator", "Forbidden: ..."): every delivery on that channel is refused for good."""

    def refuse(channel, error):
        def send(self, delivery):
            raise PermanentDeliveryError(error)

        monkeypatch.setattr(type(get_channel(channel)), "send", send)

    return refuse


def test_operator_who_blocked_the_bot_is_taken_off_duty(refuse, operator, held):
    refuse("operator", "Forbidden: bot was blocked by the user")
    get_channel("operator")
    Delivery.objects.create(channel="operator", address=operator.address, payload={}, dedupe_key="any")
    flush_address(channel="operator", address=operator.address)
    held.refresh_from_db()
    assert held.state == "waiting"


def test_refused_message_alone_does_not_take_an_operator_off_duty(refuse, operator, held):
    refuse("operator", "Bad Request: can't parse entities")
    Delivery.objects.create(channel="operator", address=operator.address, payload={}, dedupe_key="any")
    flush_address(channel="operator", address=operator.address)
    operator.refresh_from_db()
    assert operator.on_duty


def test_operator_is_told_of_what_did_not_reach_the_visitor(refuse, phone, operator, held):
    route_text(operator=operator, source_id=phone.take_id(), text="Ответ")
    refuse("telegram", "Forbidden: bot was blocked by the user")
    flush_address(channel="telegram", address=held.contact.external_id)
    told = phone.receive()[-1]
    assert "заблокировал" in told
    assert "Ответ" in told


def test_sweep_tells_of_a_failure_whose_signal_was_lost(phone, operator, held):
    route_text(operator=operator, source_id=phone.take_id(), text="Ответ")
    Delivery.objects.filter(message__author="operator").update(state="failed", error="Forbidden: blocked")
    assert (sweep_failures(), sweep_failures()) == (1, 0)
    assert "Не доставлено" in phone.receive()[-1]
