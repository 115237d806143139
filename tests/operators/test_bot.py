import pytest

from chats.inbox import receive_message
from chats.models import Conversation, Delivery, Message
from operators.duty import dismiss
from operators.models import Operator
from telegram_bot.bots import operators_buttons, operators_en, operators_ru
from telegram_bot.updates import handle_update

from .phone import Phone

pytestmark = pytest.mark.django_db

COMMANDS = [
    "/off",
    "/chats",
    "/queue",
    "/history",
    "/finish",
    "/close",
    "/bot",
    "/transfer",
    "/help",
    "/nonsense",
]


@pytest.fixture
def stranger():
    """Somebody who has never pressed Start."""
    return Phone(9_000_000_001, name="Чужой")


@pytest.fixture
def applicant(make_phone):
    """Somebody whom no admin has approved."""
    return make_phone("Заявитель", approved=False)


# --- getting in -------------------------------------------------------------------------------------------


def test_start_registers_a_stranger_and_says_that_an_admin_must_approve(stranger):
    stranger.type("/start")
    assert "администратор" in stranger.receive()[-1]
    assert not Operator.objects.get().active


def test_start_of_an_approved_operator_puts_them_on_duty(make_phone):
    phone = make_phone("Олег", on_duty=False)
    phone.type("/start")
    assert "на дежурстве" in phone.receive()[-1]
    assert Operator.objects.get().on_duty


def test_start_shows_who_waits(make_phone, waiting):
    phone = make_phone("Олег", on_duty=False)
    phone.type("/start")
    phone.receive()
    assert phone.has_button(f"Взять №{waiting.pk}")


@pytest.mark.parametrize("text", [*COMMANDS, "Здравствуйте!"])
def test_stranger_can_do_nothing(stranger, waiting, text):
    stranger.type(text)
    assert "/start" in stranger.receive()[-1]
    assert not Operator.objects.exists()


def test_start_of_a_dismissed_operator_does_not_put_them_on_duty(phone, operator):
    dismiss(operator_ids=[operator.pk])
    phone.receive()
    phone.type("/start")
    assert "закрыл вам доступ" in phone.receive()[-1]
    assert not Operator.objects.on_duty().exists()


@pytest.mark.parametrize("text", [*COMMANDS, "Здравствуйте!"])
def test_applicant_can_do_nothing(applicant, waiting, text):
    applicant.type(text)
    assert "одобрить администратор" in applicant.receive()[-1]


@pytest.mark.parametrize("action", ["claim", "to", "finish", "bot", "transfer", "history", "off"])
def test_forged_buttons_of_an_applicant_do_nothing(applicant, phone, held, make_waiting, action):
    other = make_waiting("Иван")
    for conversation in (held, other):
        assert "одобрить администратор" in applicant.press(f"{action}:{conversation.pk}")
    states = Conversation.objects.order_by("pk").values_list("state", flat=True)
    assert list(states) == ["operator", "waiting"]


def test_forged_button_of_a_stranger_does_nothing(stranger, waiting):
    assert "/start" in stranger.press(f"claim:{waiting.pk}")
    waiting.refresh_from_db()
    assert waiting.state == "waiting"


def test_dismissed_operator_can_do_nothing(phone, operator, held, read_by):
    dismiss(operator_ids=[operator.pk])
    phone.receive()
    phone.type("Я ещё здесь")
    assert "закрыл вам доступ" in phone.press(f"claim:{held.pk}")
    assert "закрыл вам доступ" in phone.receive()[-1]
    assert read_by(held) == []


# --- forged and broken callback data ----------------------------------------------------------------------


@pytest.mark.parametrize("action", ["to", "finish", "bot", "transfer", "history"])
def test_buttons_do_nothing_to_somebody_elses_conversation(phone, held, other_phone, action):
    before = Message.objects.count()
    assert "не у вас" in other_phone.press(f"{action}:{held.pk}")
    held.refresh_from_db()
    assert (held.state, Message.objects.count()) == ("operator", before)


@pytest.mark.parametrize(
    "data",
    ["", "nonsense", "claim", "claim:", "claim:-1", "claim:1:2", "claim:99999999999999999999", "claim:٣", "send:1",
     "finish:1'; DROP TABLE", "to:1\n", "x" * 64],
)  # fmt: skip
def test_unknown_data_is_answered_clearly(phone, data):
    assert phone.press(data) == operators_ru.TEXTS["dead_button"]


@pytest.mark.parametrize("action", ["claim", "to", "finish", "bot", "transfer", "history"])
def test_conversation_that_does_not_exist_is_answered_clearly(phone, action):
    assert phone.press(f"{action}:999999999999999999") != ""


def test_claim_of_what_is_taken_says_who_has_it(phone, other_phone, held):
    assert "Олег" in other_phone.press(f"claim:{held.pk}")


def test_claim_of_what_nobody_waits_in_says_so(phone, visitor):
    conversation = receive_message(contact=visitor, text="Здравствуйте").conversation
    assert "никто не ждёт" in phone.press(f"claim:{conversation.pk}")


def test_buttons_fit_into_64_bytes():
    assert len(f"transfer:{2**63 - 1}") <= 64
    assert len(f"send:{2**63 - 1}:{2**63 - 1}") <= 64


def test_button_label_of_a_long_name_is_short(make_waiting):
    assert len(operators_buttons.label(make_waiting("Я" * 200))) <= 60


# --- commands ---------------------------------------------------------------------------------------------


def test_finish_ends_the_current_conversation(phone, held):
    phone.type("/finish")
    held.refresh_from_db()
    assert held.state == "closed"
    assert "чат окончен" in phone.receive()[-1]


def test_close_is_the_same_as_finish(phone, held):
    phone.type("/close")
    held.refresh_from_db()
    assert held.state == "closed"


def test_bot_gives_the_conversation_back(phone, held):
    phone.type("/bot")
    held.refresh_from_db()
    assert held.state == "bot"


def test_transfer_puts_it_back_into_the_queue(phone, held):
    phone.type("/transfer")
    held.refresh_from_db()
    assert held.state == "waiting"


@pytest.mark.parametrize("command", ["/finish", "/close", "/bot", "/transfer", "/history"])
def test_command_that_may_mean_several_conversations_asks(phone, make_held, command):
    make_held(phone, "Мария")
    make_held(phone, "Иван")
    receive_message(contact=Conversation.objects.first().contact, text="Ещё вопрос")
    phone.receive()
    phone.type(command)
    phone.receive()
    assert phone.has_button("Мария")
    assert set(Conversation.objects.values_list("state", flat=True)) == {"operator"}


def test_choice_after_a_command_is_carried_out(phone, make_held):
    maria, ivan = make_held(phone, "Мария"), make_held(phone, "Иван")
    receive_message(contact=maria.contact, text="Ещё вопрос")
    phone.receive()
    phone.type("/finish")
    phone.receive()
    phone.press_label("Мария")
    states = [Conversation.objects.get(pk=pk).state for pk in (maria.pk, ivan.pk)]
    assert states == ["closed", "operator"]


def test_command_in_a_reply_means_that_conversation(phone, make_held):
    maria, ivan = make_held(phone, "Мария"), make_held(phone, "Иван")
    phone.send_message(text="/finish", reply_to=phone.find(f"№{maria.pk}"))
    states = [Conversation.objects.get(pk=pk).state for pk in (maria.pk, ivan.pk)]
    assert states == ["closed", "operator"]


def test_command_with_the_bots_name_works(phone, held):
    phone.type("/finish@sandbox_operators_bot")
    held.refresh_from_db()
    assert held.state == "closed"


@pytest.mark.parametrize("command", ["/finish", "/bot", "/transfer", "/history", "/chats"])
def test_command_without_a_conversation_says_so(phone, command):
    phone.type(command)
    assert "нет ни одного диалога" in phone.receive()[-1]


def test_history_shows_the_transcript_again(phone, held):
    phone.type("/history")
    assert "Где мой заказ?" in phone.receive()[-1]


def test_chats_lists_what_is_held_with_unanswered_messages(phone, make_held):
    maria, ivan = make_held(phone, "Мария"), make_held(phone, "Иван")
    phone.type("Здравствуйте, Иван")
    phone.type("/chats")
    listed = phone.receive()[-1]
    assert f"• <b>№{maria.pk} · Мария</b> · Telegram — <b>без ответа: 1</b>" in listed
    assert f"▸ <b>№{ivan.pk} · Иван</b> · Telegram" in listed.splitlines()


def test_queue_lists_who_waits_with_buttons(phone, waiting):
    phone.type("/queue")
    assert "Мария" in phone.receive()[-1]
    assert phone.has_button(f"№{waiting.pk} · Мария")


def test_queue_says_when_nobody_waits(phone):
    phone.type("/queue")
    assert "Никто не ждёт" in phone.receive()[-1]


def test_off_without_conversations_leaves_at_once(phone):
    phone.type("/off")
    assert "ушли с дежурства" in phone.receive()[-1]


def test_off_with_conversations_asks_first(phone, held):
    phone.type("/off")
    phone.receive()
    held.refresh_from_db()
    assert held.state == "operator"
    assert phone.has_button("Передать и уйти")


def test_off_that_is_confirmed_passes_everything_on(phone, held):
    phone.type("/off")
    phone.receive()
    phone.press_label("Передать и уйти")
    held.refresh_from_db()
    assert held.state == "waiting"
    assert "вернулись в очередь: 1" in phone.receive()[0]


def test_off_that_is_not_confirmed_changes_nothing(phone, held):
    phone.type("/off")
    phone.receive()
    phone.press_label("Остаться")
    held.refresh_from_db()
    assert held.state == "operator"


def test_off_twice_says_so(phone):
    phone.type("/off")
    phone.type("/off")
    assert "не на дежурстве" in phone.receive()[-1]


def test_help_lists_the_commands(phone):
    phone.type("/help")
    assert "/transfer" in phone.receive()[-1]


def test_unknown_command_is_not_sent_to_the_visitor(phone, held, read_by):
    phone.type("/refund 100")
    assert read_by(held) == []
    assert "Такой команды нет" in phone.receive()[-1]


# --- what is not text -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "content",
    [
        {"sticker": {"file_id": "1", "file_unique_id": "1", "width": 1, "height": 1, "is_animated": False,
                     "is_video": False, "type": "regular", "emoji": "👍"}},
        {"photo": [{"file_id": "1", "file_unique_id": "1", "width": 1, "height": 1}], "caption": "Смотрите"},
        {"voice": {"file_id": "1", "file_unique_id": "1", "duration": 3}},
    ],
)  # fmt: skip
def test_operator_is_told_that_only_text_goes_through(phone, held, read_by, content):
    phone.send_message(**content)
    assert read_by(held) == []
    assert "только текст" in phone.receive()[-1]


def test_album_is_refused_once(phone, held):
    photo = [{"file_id": "1", "file_unique_id": "1", "width": 1, "height": 1}]
    for _ in range(3):
        phone.send_message(photo=photo, media_group_id="77")
    assert len(phone.receive()) == 1


def test_edit_of_a_sent_text_says_that_the_visitor_has_the_old_one(phone, held, read_by):
    number = phone.type("Завтра")
    phone.edit(number, "Послезавтра")
    assert read_by(held) == ["Завтра"]
    assert "прежний текст" in phone.receive()[-1]


def test_words_in_a_group_are_ignored(phone, held, read_by):
    message = {
        "message_id": 5,
        "chat": {"id": -100, "type": "group", "title": "x"},
        "from": phone.user,
        "date": 1,
    }
    handle_update("operators", {"update_id": 10**9, "message": message | {"text": "Здравствуйте"}})
    assert read_by(held) == []


def test_operator_who_blocks_the_bot_passes_everything_on(phone, held):
    change = {"chat": {"id": phone.id, "type": "private"}, "from": phone.user, "date": 1}
    member = {"user": phone.user, "status": "member"}
    gone = {"user": phone.user, "status": "kicked", "until_date": 0}
    change |= {"old_chat_member": member, "new_chat_member": gone}
    handle_update("operators", {"update_id": 10**9 + 1, "my_chat_member": change})
    held.refresh_from_db()
    assert held.state == "waiting"


# --- how it looks -----------------------------------------------------------------------------------------


def test_visitors_words_come_under_a_header(phone, held):
    receive_message(contact=held.contact, text="А <b>когда</b>?")
    assert phone.receive() == [f"<b>№{held.pk} · Мария</b> · Telegram\nА &lt;b&gt;когда&lt;/b&gt;?"]


def test_operator_reads_english_where_their_telegram_does(make_phone, waiting):
    phone = make_phone("John", language="en")
    assert phone.has_button(f"Take №{waiting.pk}")


def test_both_languages_say_the_same_things():
    assert operators_ru.TEXTS.keys() == operators_en.TEXTS.keys()
    assert operators_ru.REASONS.keys() == operators_en.REASONS.keys()
    assert [command for command, _ in operators_ru.COMMANDS] == [
        command for command, _ in operators_en.COMMANDS
    ]


def test_redelivered_update_changes_nothing(phone, held, read_by):
    update = {"update_id": 10**9 + 2}
    update["message"] = {"message_id": phone.take_id(), "chat": {"id": phone.id, "type": "private"},
                         "from": phone.user, "date": 1, "text": "Раз"}  # fmt: skip
    handle_update("operators", update)
    deliveries = Delivery.objects.count()
    handle_update("operators", update)
    assert (read_by(held), Delivery.objects.count()) == (["Раз"], deliveries)
