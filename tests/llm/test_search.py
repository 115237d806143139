"""The search of the knowledge base, and the offline provider that lives on it."""

import pytest

from llm.demo import load_demo_characters, load_demo_knowledge
from llm.knowledge.search import search_knowledge
from llm.knowledge.spelling import correct, edit_distance, share_root
from llm.models import Character, KnowledgeArticle
from llm.reply import ReplyRequest, Turn, compose_reply


@pytest.fixture
def shop(db):
    load_demo_knowledge()


def best(text: str, language: str = "ru") -> str:
    hits = search_knowledge(text=text, language=language)
    return hits[0].article.key if hits else ""


@pytest.mark.parametrize(
    ("text", "language", "key"),
    [
        ("сколько стоит доставка", "ru", "delivery-cost"),
        ("Где моя посылка?", "ru", "order-status"),
        ("ЗАБЫЛ ПАРОЛЬ", "ru", "account-password"),
        ("расрочка есть?", "ru", "payment-instalments"),
        ("чашка пришла разбитая", "ru", "broken-parcel"),
        ("how much is delivery", "en", "delivery-cost"),
        ("I forgot my pasword", "en", "account-password"),
    ],
)
def test_it_finds_the_article(shop, text, language, key):
    assert best(text, language) == key


@pytest.mark.parametrize("text", ["", "   ", "'\"\\ | & ! :* <-> ()", "😀", "и в на", "\x01", "а" * 5000])
def test_odd_questions_find_nothing_and_break_nothing(shop, text):
    assert [hit for hit in search_knowledge(text=text, language="ru") if hit.sure] == []


@pytest.mark.parametrize("text", ["какая завтра погода", "кто президент Франции", "как приготовить борщ"])
def test_it_is_not_sure_of_what_it_does_not_know(shop, text):
    assert not any(hit.sure for hit in search_knowledge(text=text, language="ru"))


def test_an_inactive_article_is_not_found(shop):
    KnowledgeArticle.objects.filter(key="account-password").switch(active=False)

    assert best("забыл пароль") != "account-password"


def test_an_edited_article_is_found_by_its_new_words(shop):
    article = KnowledgeArticle.objects.get(language="ru", key="jobs")
    best("прогрев")
    article.question = "Есть ли у вас дирижабли?"
    article.save()

    assert best("дирижабль") == "jobs"


def test_yo_and_ye_are_one_letter(shop):
    KnowledgeArticle.objects.create(language="ru", key="tree", question="Продаёте ли вы ёлки?", answer="Нет")

    assert best("елки") == best("ёлки") == "tree"


def test_languages_do_not_mix(shop):
    hits = search_knowledge(text="delivery доставка", language="en")

    assert {hit.article.language for hit in hits} == {"en"}


@pytest.mark.parametrize(
    ("one", "other", "distance"),
    [("доставка", "доставка", 0), ("доствка", "доставка", 1), ("мсоква", "москва", 1), ("чай", "кофе", 3)],
)
def test_edit_distance(one, other, distance):
    assert edit_distance(one, other, 2) == distance


def test_a_typing_error_is_corrected_to_the_nearest_words():
    assert correct("рассрочк", ["рассрочка", "отсрочка", "доставка"]) == ["рассрочка"]
    assert correct("чай", ["май"]) == []


def test_words_of_one_root():
    assert share_root("гарант", "гарантийн")
    assert not share_root("заказ", "закат")


def ask(text: str, *earlier: str, language: str = "ru", can_hand_over: bool = True):
    turns = [Turn("visitor" if n % 2 == 0 else "bot", said) for n, said in enumerate([*earlier, text])]
    return compose_reply(
        ReplyRequest(turns=turns, language=language, purpose="desk", can_hand_over=can_hand_over)
    )


def test_offline_it_answers_with_the_source(shop):
    reply = ask("Сколько стоит доставка?")

    assert reply.kind == "answer"
    assert "350 рублей" in reply.text
    assert reply.text.endswith("Подробнее: https://copper-kettle.example/help/delivery#cost")
    assert reply.sources[0]["url"] in reply.text


def test_offline_it_answers_in_english(shop):
    assert "350 roubles" in ask("How much does delivery cost?", language="en").text


def test_offline_it_hands_over_what_it_does_not_know(shop):
    assert (ask("Как вырастить кактус?").kind, ask("Как вырастить кактус?").reason) == ("handoff", "model")


def test_offline_without_a_human_it_says_that_it_does_not_know(shop):
    reply = ask("Как вырастить кактус?", can_hand_over=False)

    assert reply.kind == "answer"
    assert "нет" in reply.text


@pytest.mark.parametrize("text", ["Привет!", "спасибо большое", "Вы бот или человек?", "До свидания", "ок"])
def test_offline_small_talk_calls_nobody(shop, text):
    assert ask(text).kind == "answer"


def test_offline_a_short_follow_up_is_understood_with_what_came_before(shop):
    reply = ask("а в Казани?", "Есть ли самовывоз?", "Да")

    assert "Самовывоз бесплатный" in reply.text


def test_the_demo_is_loaded_once_and_edits_are_kept(shop):
    KnowledgeArticle.objects.filter(language="ru", key="jobs").update(answer="Своё")

    assert load_demo_knowledge() == 0
    assert KnowledgeArticle.objects.get(language="ru", key="jobs").answer == "Своё"


def test_the_demo_characters_have_pictures(db):
    from django.contrib.staticfiles import finders

    assert load_demo_characters() == 8
    assert load_demo_characters() == 0
    assert all(finders.find(character.picture) for character in Character.objects.all())


def test_offline_a_character_says_that_it_has_no_voice(db):
    request = ReplyRequest(
        turns=[Turn("visitor", "Привет, Марио!")],
        language="ru",
        purpose="character",
        can_hand_over=False,
        instructions="Ты Марио.",
    )

    assert "модель не подключена" in compose_reply(request).text
