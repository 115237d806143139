"""What people do, played through the sandbox over HTTP."""

import threading

import pytest

from chats.models import Conversation
from llm.models import KnowledgeArticle
from operators.duty import dismiss
from operators.models import Handoff, Operator

pytestmark = pytest.mark.django_db(transaction=True)


def test_whole_dialogue_from_the_card_to_the_end(operator, make_visitor, claim):
    visitor = make_visitor("Мария")
    card = claim(operator, "Мария")
    operator.wait_for_edit(card, "Вы взяли")
    visitor.wait_for_bot("подключился оператор: Олег")
    operator.send("Здравствуйте, чем помочь?")
    visitor.wait_for_bot("Здравствуйте, чем помочь?")
    visitor.send("Где мой заказ?")
    operator.wait_for_bot("Где мой заказ?")
    operator.send("/finish")
    operator.wait_for_bot("чат окончен")
    visitor.wait_for_bot("Чат окончен.")
    KnowledgeArticle.objects.create(question="Какие есть способы доставки?", answer="Курьером или почтой.")
    visitor.send("Какие есть способы доставки?")
    visitor.wait_for_bot("Курьером или почтой.")
    assert Conversation.objects.order_by("pk").last().state == "bot"


def test_of_two_who_press_at_once_one_gets_it(make_operator, make_visitor):
    both = [make_operator("Олег"), make_operator("Анна")]
    make_visitor("Мария")
    cards = [chat.wait_for_bot("🔔") for chat in both]
    barrier, answers = threading.Barrier(2), {}

    def press(number):
        data = cards[number]["reply_markup"]["inline_keyboard"][0][0]["callback_data"]
        barrier.wait()
        answers[number] = both[number].wait_for_callback_answer(both[number].press(cards[number], data=data))

    threads = [threading.Thread(target=press, args=[number]) for number in (0, 1)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    winner = next(number for number in (0, 1) if "ваш" in answers[number]["text"])
    loser = 1 - winner
    assert "уже взят" in answers[loser]["text"]
    both[winner].wait_for_bot("Диалог ваш")
    both[loser].wait_for_edit(cards[loser], f"Отвечает {('Олег', 'Анна')[winner]}")


def test_reply_reaches_its_visitor_and_nobody_else(operator, make_visitor, claim):
    maria = make_visitor("Мария")
    claim(operator, "Мария")
    ivan = make_visitor("Иван")
    claim(operator, "Иван")
    maria.send("Вопрос Марии")
    question = operator.wait_for_bot("Вопрос Марии")
    operator.send("Ответ Марии", reply_to=question)
    maria.wait_for_bot("Ответ Марии")
    assert not any("Ответ Марии" in text for text in ivan.bot_texts())


def test_text_that_may_be_for_two_is_sent_to_neither_until_one_is_chosen(operator, make_visitor, claim):
    maria = make_visitor("Мария")
    claim(operator, "Мария")
    ivan = make_visitor("Иван")
    claim(operator, "Иван")
    maria.send("Вопрос Марии")
    operator.wait_for_bot("Вопрос Марии")
    operator.send("Ответ кому-то")
    question = operator.wait_for_bot("Кому это?")
    assert not any("Ответ кому-то" in text for text in maria.bot_texts() + ivan.bot_texts())
    label = f"№{Conversation.objects.get(contact__name='Мария').pk} · Мария"
    operator.press(question, label)
    maria.wait_for_bot("Ответ кому-то")
    operator.wait_for_edit(question, "Отправлено")
    assert not any("Ответ кому-то" in text for text in ivan.bot_texts())


def test_forged_button_of_a_stranger_changes_nothing(operator, office, make_visitor):
    make_visitor("Мария")
    stranger = office.chat("operators", office.create_person("Чужой"))
    stranger.start()
    message = stranger.wait_for_bot()
    for action in ("claim", "finish", "transfer", "history"):
        data = f"{action}:{Conversation.objects.get().pk}"
        answer = stranger.wait_for_callback_answer(stranger.press(message, data=data, force=True))
        assert answer["text"]
        assert answer["show_alert"]
    assert Conversation.objects.get().state == "waiting"


def test_dismissed_operator_loses_the_conversation_at_once(operator, make_operator, make_visitor, claim):
    visitor = make_visitor("Мария")
    claim(operator, "Мария")
    colleague = make_operator("Анна")
    dismiss(operator_ids=[Operator.objects.get(telegram_id=operator.person).pk])
    operator.wait_for_bot("закрыл вам доступ")
    operator.send("Я ещё здесь")
    operator.wait_for_bot("Если это ошибка")
    colleague.wait_for_bot("оператор отстранён")
    assert not any("Я ещё здесь" in text for text in visitor.bot_texts())


def test_visitor_who_blocked_the_bot_is_reported(operator, make_visitor, claim):
    visitor = make_visitor("Мария")
    claim(operator, "Мария")
    visitor.block()
    operator.send("Вы здесь?")
    operator.wait_for_bot("заблокировал")


def test_operator_who_blocks_the_bot_passes_the_conversation_on(operator, make_operator, make_visitor, claim):
    make_visitor("Мария")
    claim(operator, "Мария")
    colleague = make_operator("Анна")
    operator.block()
    colleague.wait_for_bot("не достучаться")
    assert Handoff.objects.unclaimed().count() == 1


def test_long_transcript_arrives_as_a_file(operator, make_visitor):
    visitor = make_visitor("Мария")
    card = operator.wait_for_bot("🔔")
    for number in range(3):
        visitor.send(f"{number}: " + "очень длинный рассказ " * 170)
    visitor.client.wait_until_delivered("support")
    operator.press(card, data=card["reply_markup"]["inline_keyboard"][0][0]["callback_data"])
    operator.wait_for_bot(lambda message: message.get("document"))
