"""Nobody who asks a shop something is handed over: short neutral messages, and every question of the demo knowledge base."""

import json
from itertools import product
from pathlib import Path

import pytest

from bench.knowledge import SETS, read_questions
from llm.handoff import Verdict, detect_request

DEMO = Path(__file__).parents[3] / "llm" / "demo"
WORDS = {
    "ru": "вопрос заказ тест привет сообщение проверка чай номер товар заявка размер пример сообщения ответ чашка",
    "en": "question order test hello message check tea item ticket product size example reply note cup",
}
NUMBERS = ["", " 0", " 1", " 2", " 5", " 42", " 100", " №3", "?"]
PHRASES = {
    "ru": [
        "ок", "да", "нет", "угу", "спасибо", "понятно", "здравствуйте", "добрый день", "как дела?", "что нового?", "0 рублей",
        "есть вопрос", "у меня вопрос", "можно вопрос?", "вопрос по заказу", "заказ 4512", "где мой заказ?", "когда привезёте?",
        "сколько стоит?", "а в Казани есть магазин?", "а в Рязани?", "хочу чай", "какой чай свежий?", "держит тепло?",
        "что подарить начальнику?", "подарок для руководителя", "персональные данные", "операция не прошла", "соединение пропало",
        "нет соединения", "подключение к сайту", "настоящий фарфор?", "натуральный мёд?", "чайник обычный", "отдельно продаёте?",
        "верните деньги", "у меня лимон и кружка", "на шесть человек", "сообщение не отправляется", "пришлите прайс",
        "можно пользоваться в машине?", "сушилка для посуды", "ложка", "передумал", "не то", "дорого", "ладно", "пока", "123", "?", "!", "...",
    ],
    "en": [
        "ok", "yes", "no", "thanks", "got it", "hi", "good morning", "how are you?", "what's new?", "0 items", "I have a question",
        "a question about my order", "order 4512", "where is my order?", "when will it arrive?", "how much is it?", "is it fresh?",
        "same day delivery", "my cup broke", "the handle broke", "a gift for my boss", "personal data", "the connection was lost",
        "no connection", "genuine leather?", "is this real porcelain?", "a regular teapot", "kitchen scales", "spa set",
        "raise the limit?", "summer sale", "hotel", "video", "wash by hand?", "billion", "I need it today", "for six people",
        "I forgot my password", "two cups please", "another one please", "next page please", "too expensive", "not that one",
        "bye", "see you", "lol", "123", "?", "!", "...",
    ],
}  # fmt: skip


def neutral_messages():
    for language, words in WORDS.items():
        for word, number in product(words.split(), NUMBERS):
            yield language, word + number
        for phrase in PHRASES[language]:
            yield language, phrase


def shop_questions():
    for path in sorted(DEMO.glob("knowledge_*.jsonl")):
        for line in path.read_text("utf-8").splitlines():
            article = json.loads(line)
            for text in [article["question"], *article["phrasings"].splitlines()]:
                yield article["language"], text
    for name in SETS:
        for question in read_questions(name):
            yield question.language, question.text


def test_short_neutral_messages_are_answered():
    taken = {text: found.why for language, text in neutral_messages() if (found := judge(text, language))}
    assert taken == {}


def test_the_first_letter_of_a_neutral_message_does_not_matter():
    capitals = ((language, text.capitalize()) for language, text in neutral_messages())
    taken = {text: found.why for language, text in capitals if (found := judge(text, language))}
    assert taken == {}


def test_there_are_some_hundreds_of_them():
    assert len(set(neutral_messages())) > 300


def test_questions_to_the_shop_are_not_handed_over():
    taken = [text for language, text in shop_questions() if is_handed_over(text, language)]
    assert taken == []


def test_few_questions_to_the_shop_bring_the_offer():
    asked = list(shop_questions())
    offered = [text for language, text in asked if judge(text, language)]
    assert len(offered) <= len(asked) / 50


@pytest.mark.parametrize("text", ["нажимаю 0", "press 0", "жму ноль", "press 0 for a human"])
def test_a_pressed_zero_is_still_a_request(text):
    assert detect_request(text).verdict is Verdict.HAND_OVER


@pytest.mark.parametrize("text", ["Вопрос 0", "Заказ 0", "Order 0", "осталось 0", "0 штук", "зум 0.5 или 0"])
def test_a_zero_that_counts_something_is_not(text):
    assert detect_request(text).verdict is Verdict.ANSWER


def judge(text, language):
    found = detect_request(text, language)
    return None if found.verdict is Verdict.ANSWER else found


def is_handed_over(text, language):
    return detect_request(text, language).verdict is Verdict.HAND_OVER
