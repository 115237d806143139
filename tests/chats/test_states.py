"""Who answers: every way from one state to another, and none besides."""

import pytest

from chats import conversations, inbox
from chats.conversations import ConversationConflict, NoHumanEnd
from chats.models import Contact, Conversation, Message
from chats.outbox import flush_address
from chats.signals import human_requested, state_changed
from tests.chats.conftest import ANNA, BORIS

pytestmark = pytest.mark.django_db
NOTHING = "nothing"


def claim(conversation, operator=ANNA, name="Анна"):
    return conversations.claim(conversation_id=conversation.pk, name=name, **operator)


MOVES = {
    "request_human": lambda c: conversations.request_human(conversation_id=c.pk, reason="model"),
    "call_human": lambda c: conversations.call_human(contact=c.contact),
    "take_back": lambda c: conversations.take_back(contact=c.contact),
    "claim": claim,
    "hand_back": lambda c: conversations.hand_back(conversation_id=c.pk, **ANNA),
    "transfer": lambda c: conversations.transfer(conversation_id=c.pk, **ANNA),
    "close_by_operator": lambda c: conversations.close_by_operator(conversation_id=c.pk, **ANNA),
    "close": lambda c: conversations.close(conversation_id=c.pk, by="idle"),
    "operator_writes": lambda c: inbox.receive_operator_message(
        conversation_id=c.pk, text="Здравствуйте", **ANNA
    ),
}
STATES = ("with_bot", "waiting", "with_operator", "closed")
ALLOWED = {
    ("with_bot", "request_human"): "waiting",
    ("with_bot", "call_human"): "waiting",
    ("with_bot", "close"): "closed",
    ("waiting", "call_human"): "waiting",
    ("waiting", "take_back"): "bot",
    ("waiting", "claim"): "operator",
    ("waiting", "close"): "closed",
    ("with_operator", "call_human"): "operator",
    ("with_operator", "hand_back"): "bot",
    ("with_operator", "transfer"): "waiting",
    ("with_operator", "close_by_operator"): "closed",
    ("with_operator", "close"): "closed",
    ("with_operator", "operator_writes"): "operator",
    ("closed", "call_human"): "closed",  # a new conversation waits; this one stays closed
}
FORBIDDEN = [(state, move) for state in STATES for move in MOVES if (state, move) not in ALLOWED]


def state_of(conversation: Conversation) -> str:
    return Conversation.objects.get(pk=conversation.pk).state


def texts(conversation: Conversation) -> list[str]:
    return list(
        Message.objects.filter(conversation=conversation).order_by("seq").values_list("text", flat=True)
    )


@pytest.mark.parametrize(("state", "move"), ALLOWED)
def test_a_move_of_the_table_is_made(state, move, request):
    conversation = request.getfixturevalue(state)
    MOVES[move](conversation)
    assert state_of(conversation) == ALLOWED[state, move]


@pytest.mark.parametrize(("state", "move"), FORBIDDEN)
def test_any_other_move_is_refused(state, move, request):
    conversation = request.getfixturevalue(state)
    with pytest.raises(ConversationConflict):
        MOVES[move](conversation)


@pytest.mark.parametrize(("state", "move"), FORBIDDEN)
def test_a_refused_move_leaves_no_trace(state, move, request):
    conversation = request.getfixturevalue(state)
    before = (
        Conversation.objects.values().get(pk=conversation.pk),
        texts(conversation),
        last_seq(conversation),
    )
    with pytest.raises(ConversationConflict):
        MOVES[move](conversation)
    after = Conversation.objects.values().get(pk=conversation.pk), texts(conversation), last_seq(conversation)
    assert after == before


def last_seq(conversation: Conversation) -> int:
    return Contact.objects.get(pk=conversation.contact_id).last_seq


CHANGES = [key for key, to in ALLOWED.items() if key[1] not in {"operator_writes"} and key not in {
    ("waiting", "call_human"), ("with_operator", "call_human"), ("closed", "call_human")
}]  # fmt: skip


@pytest.mark.parametrize(("state", "move"), CHANGES)
def test_each_change_begins_an_epoch(state, move, request):
    conversation = request.getfixturevalue(state)
    epoch = Conversation.objects.get(pk=conversation.pk).epoch
    MOVES[move](conversation)
    assert Conversation.objects.get(pk=conversation.pk).epoch == epoch + 1


@pytest.mark.parametrize("move", ["hand_back", "transfer", "close_by_operator", "operator_writes"])
def test_only_the_operator_who_holds_it_may(with_operator, move, monkeypatch):
    monkeypatch.setitem(ANNA, "address", BORIS["address"])
    with pytest.raises(ConversationConflict):
        MOVES[move](with_operator)


def test_the_second_claim_loses(waiting):
    claim(waiting)
    with pytest.raises(ConversationConflict):
        claim(waiting, BORIS, "Борис")
    assert Conversation.objects.get(pk=waiting.pk).operator_name == "Анна"


@pytest.mark.parametrize(
    ("state", "move", "notice"),
    [
        ("with_bot", "call_human", "Переключаю на человека"),
        ("waiting", "take_back", "Хорошо, снова отвечает бот."),
        ("waiting", "claim", "К диалогу подключился оператор: Анна"),
        ("with_operator", "hand_back", "Оператор передал диалог боту. Спрашивайте — он на связи."),
        ("with_operator", "transfer", "Оператор передаёт диалог коллеге. Пожалуйста, подождите немного."),
        ("with_operator", "close_by_operator", "Чат окончен."),
    ],
)
def test_the_visitor_is_told(state, move, notice, request):
    conversation = request.getfixturevalue(state)
    MOVES[move](conversation)
    assert texts(conversation)[-1] == notice


def test_an_english_visitor_is_told_in_english(visitor):
    conversation = inbox.receive_message(contact=visitor, text="How much is the delivery?").conversation
    conversations.call_human(contact=visitor)
    assert texts(conversation)[-1] == "Switching you to a human"


def test_calling_twice_calls_once(visitor, waiting):
    conversations.call_human(contact=visitor)
    assert texts(waiting).count("Переключаю на человека") == 1


def test_somebody_who_has_said_nothing_may_call(visitor):
    assert conversations.call_human(contact=visitor).state == "waiting"


def test_nobody_can_be_called_where_there_is_no_human_end(db):
    contact = Contact.objects.create(channel="api", external_id="x")
    with pytest.raises(NoHumanEnd):
        conversations.call_human(contact=contact)


def test_releasing_empties_the_operators_end(with_operator):
    conversations.hand_back(conversation_id=with_operator.pk, **ANNA)
    left = Conversation.objects.get(pk=with_operator.pk)
    assert (left.operator_channel, left.operator_address, left.operator_name) == ("", "", "")


def test_after_the_end_a_new_conversation_begins(visitor, closed):
    conversation = inbox.receive_message(contact=visitor, text="И ещё вопрос").conversation
    assert (conversation.pk != closed.pk, conversation.state) == (True, "bot")


def test_the_new_conversation_counts_on_in_the_same_seq(visitor, closed):
    before = Contact.objects.get(pk=visitor.pk).last_seq
    message = inbox.receive_message(contact=visitor, text="И ещё вопрос").message
    assert message.seq == before + 1


def test_a_closed_conversation_has_one_line_about_it(closed):
    assert Conversation.objects.get(pk=closed.pk).summary == "Сколько стоит доставка?"


def test_words_call_a_human(visitor):
    conversation = inbox.receive_message(contact=visitor, text="Позовите оператора").conversation
    assert (conversation.state, conversation.handoff_reason) == ("waiting", "words")


def test_words_call_nobody_where_there_is_no_human_end(db):
    contact = Contact.objects.create(channel="api", external_id="x")
    assert inbox.receive_message(contact=contact, text="Позовите оператора").conversation.state == "bot"


def test_those_who_offer_it_are_told_after_the_commit(visitor, with_bot, django_capture_on_commit_callbacks):
    heard = []
    human_requested.connect(
        lambda **kwargs: heard.append(kwargs["conversation_id"]), weak=False, dispatch_uid="test"
    )
    state_changed.connect(lambda **kwargs: heard.append(kwargs["state"]), weak=False, dispatch_uid="test")
    with django_capture_on_commit_callbacks(execute=True):
        conversations.call_human(contact=visitor)
        during = list(heard)
    human_requested.disconnect(dispatch_uid="test")
    state_changed.disconnect(dispatch_uid="test")
    assert (during, sorted(map(str, heard))) == ([], sorted([str(with_bot.pk), "waiting"]))


def test_an_operator_reads_what_the_visitor_writes(
    visitor, with_operator, recorder, django_capture_on_commit_callbacks
):
    inbox.receive_message(contact=visitor, text="Вы тут?")
    flush_address(**ANNA)
    assert recorder.sent_to("42") == ["Вы тут?"]


def test_the_visitor_reads_what_the_operator_writes(telegram_visitor, recorder):
    conversation = conversations.call_human(contact=telegram_visitor)
    claim(conversation)
    inbox.receive_operator_message(conversation_id=conversation.pk, text="Здравствуйте!", **ANNA)
    flush_address(channel="telegram", address="7")
    assert recorder.sent_to("7")[-1] == "Здравствуйте!"
