"""Articles from files, the bad rows named."""

import io

import pytest
from django.core.management import CommandError, call_command

from llm.knowledge.importing import ImportFailed, import_knowledge
from llm.models import KnowledgeArticle

pytestmark = pytest.mark.django_db
CSV = """question,answer,language,link,active
Где вы находитесь?,"Москва, Покровка, 17",ru,https://shop.example/where,1
Where are you?,"Moscow, Pokrovka 17",en,,да
"""


def take(text: str | bytes, name: str = "articles.csv"):
    return import_knowledge(data=text.encode() if isinstance(text, str) else text, name=name)


def test_csv_is_taken():
    report = take(CSV)

    assert str(report) == "2 added, 0 updated, 0 unchanged, 0 bad"
    assert KnowledgeArticle.objects.get(language="ru").answer == "Москва, Покровка, 17"


def test_the_same_file_twice_changes_nothing():
    take(CSV)

    assert take(CSV).unchanged == 2


def test_a_changed_answer_updates_its_article():
    take(CSV)

    report = take(CSV.replace("Покровка, 17", "Покровка, 19"))

    assert (report.updated, report.unchanged) == (1, 1)


def test_a_key_finds_the_article_though_its_question_changed():
    take('{"key": "where", "question": "Где вы?", "answer": "Тут", "language": "ru"}', "a.jsonl")

    report = take(
        '{"key": "where", "question": "Где магазин?", "answer": "Тут", "language": "ru"}', "a.jsonl"
    )

    assert report.updated == 1
    assert KnowledgeArticle.objects.get().question == "Где магазин?"


def test_bad_rows_are_named_and_the_good_ones_taken():
    report = take(
        "question;answer;language;link;active\n"
        "Хороший?;Да;ru;;1\n"
        ";Ответ без вопроса;ru;;1\n"
        "Вопрос без ответа?;;ru;;1\n"
        "Язык?;Немецкий;de;;1\n"
        "Ссылка?;Плохая;ru;javascript:alert(1);1\n"
        "Активна?;Непонятно;ru;;может быть\n"
        "Лишнее?;а;ru;;1;;что-то\n"
    )

    assert report.added == 1
    assert [line for line, _ in report.bad] == [3, 4, 5, 6, 7, 8]
    problems = " ".join(problem for _, problem in report.bad)
    for word in ("question is empty", "answer is empty", "'de'", "link", "'может быть'", "7 cells"):
        assert word in problems


def test_bad_json_lines_are_named():
    report = take(
        '{"question": "А?", "answer": "Б"}\n{oops}\n[1]\n{"question": {"x": 1}, "answer": "Б"}\n', "a.jsonl"
    )

    assert report.added == 1
    assert [line for line, _ in report.bad] == [2, 3, 4]


def test_russian_column_names_and_excel_encoding_are_understood():
    report = take("Вопрос;Ответ\nГде вы?;На Покровке\n".encode("cp1251"))

    assert report.added == 1
    assert KnowledgeArticle.objects.get().language == "ru"


def test_the_language_is_guessed_where_it_is_not_given():
    take("question,answer\nWhere are you?,In Moscow\n")

    assert KnowledgeArticle.objects.get().language == "en"


@pytest.mark.parametrize(
    ("data", "name", "said"),
    [
        (b"", "a.csv", "empty"),
        (b"one,two\n1,2\n", "a.csv", "missing: answer, question"),
        (b"PK\x03\x04", "a.xlsx", "CSV or JSON Lines"),
        (b'question,answer\n"open,1\n', "a.csv", "Line"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_in_words(data, name, said):
    with pytest.raises(ImportFailed, match=said):
        take(data, name)


def test_the_command_reports(tmp_path):
    file = tmp_path / "a.csv"
    file.write_text(CSV, "utf-8")
    out = io.StringIO()

    call_command("import_knowledge", file, stdout=out)

    assert "2 added" in out.getvalue()


def test_the_command_fails_on_bad_rows(tmp_path):
    file = tmp_path / "a.csv"
    file.write_text("question,answer\n,x\n", "utf-8")

    with pytest.raises(CommandError, match="1 rows"):
        call_command("import_knowledge", file, stdout=io.StringIO(), stderr=io.StringIO())


def test_the_command_needs_a_file():
    with pytest.raises(CommandError, match="No such file"):
        call_command("import_knowledge", "/nowhere/a.csv")
