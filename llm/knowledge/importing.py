"""Imports articles from CSV and JSON Lines, and says clearly which rows it could not take and why."""

import csv
import io
import json
from collections.abc import Iterator
from dataclasses import dataclass, field

from django.core.exceptions import ValidationError
from django.db import transaction

from llm.language import guess_language
from llm.models import KnowledgeArticle, Language

COLUMNS = ("question", "answer", "language", "link", "active", "key", "phrasings")
# Names people give the columns.
ALIASES = {
    "вопрос": "question",
    "ответ": "answer",
    "язык": "language",
    "lang": "language",
    "ссылка": "link",
    "url": "link",
    "активна": "active",
    "ключ": "key",
    "id": "key",
    "формулировки": "phrasings",
}
YES = {"", "1", "true", "yes", "y", "да", "on"}
NO = {"0", "false", "no", "n", "нет", "off"}
LARGEST_BYTES = 20 * 1024 * 1024


class ImportFailed(Exception):
    """The file as a whole cannot be read; the text says why, for a person."""


@dataclass(slots=True)
class ImportReport:
    """What became of the rows; `bad` holds (line number, what is wrong)."""

    added: int = 0
    updated: int = 0
    unchanged: int = 0
    bad: list[tuple[int, str]] = field(default_factory=list)

    def __str__(self) -> str:
        return f"{self.added} added, {self.updated} updated, {self.unchanged} unchanged, {len(self.bad)} bad"


def import_knowledge(*, data: bytes, name: str) -> ImportReport:
    """Add or update the articles of a file, all good rows or, on an error of the database, none.

    A row updates the article with its key, or with its question where it has no key. Raises ImportFailed.
    """
    report = ImportReport()
    with transaction.atomic():
        for line, row in _rows(data, name):
            if isinstance(row, str):
                report.bad.append((line, row))
                continue
            try:
                _take_row(row, report)
            except ValidationError as error:
                report.bad.append((line, _in_words(error)))
    return report


def _rows(data: bytes, name: str) -> Iterator[tuple[int, dict | str]]:
    """The rows with their line numbers; a row that cannot be read is a text that says why."""
    if len(data) > LARGEST_BYTES:
        raise ImportFailed(f"The file is larger than {LARGEST_BYTES // 1024 // 1024} MB.")
    text = _decode(data).strip("\ufeff")
    if not text.strip():
        raise ImportFailed("The file is empty.")
    extension = name.lower().rsplit(".", 1)[-1]
    if extension in ("jsonl", "ndjson") or (extension != "csv" and text.lstrip().startswith("{")):
        yield from _json_rows(text)
    elif extension in ("csv", "txt", "tsv"):
        yield from _csv_rows(text)
    else:
        raise ImportFailed("The file must be CSV or JSON Lines (.csv or .jsonl).")


def _decode(data: bytes) -> str:
    for encoding in ("utf-8-sig", "cp1251"):  # what Excel saves in Russia
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise ImportFailed("The text is neither UTF-8 nor Windows-1251.")


def _json_rows(text: str) -> Iterator[tuple[int, dict | str]]:
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except ValueError as error:
            yield number, f"not JSON: {error}"
            continue
        yield number, _named(row) if isinstance(row, dict) else "not an object {...}"


def _csv_rows(text: str) -> Iterator[tuple[int, dict | str]]:
    first = text.split("\n", 1)[0]
    delimiter = max(",;\t", key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        header = [_column(title) for title in next(reader)]
        if missing := {"question", "answer"} - set(header):
            raise ImportFailed(
                f"The first line must name the columns; missing: {', '.join(sorted(missing))}."
            )
        for cells in reader:
            if not any(cell.strip() for cell in cells):
                continue
            if len(cells) > len(header):
                yield (
                    reader.line_num,
                    f"{len(cells)} cells, but the header has {len(header)}: is a comma not quoted?",
                )
            else:
                yield reader.line_num, dict(zip(header, cells, strict=False))
    except csv.Error as error:
        raise ImportFailed(f"Line {reader.line_num}: {error}.") from error


def _column(title: str) -> str:
    title = title.strip().lower()
    return ALIASES.get(title, title)


def _named(row: dict) -> dict:
    return {_column(str(title)): value for title, value in row.items()}


def _take_row(row: dict, report: ImportReport) -> None:
    """Write one row. Raises ValidationError."""
    values = _values(row)
    article = _existing(values) or KnowledgeArticle()
    changed = [name for name, value in values.items() if getattr(article, name) != value]
    for name, value in values.items():
        setattr(article, name, value)
    article.full_clean(exclude=["search"])
    if article.pk is None:
        article.save()
        report.added += 1
    elif changed:
        article.save(update_fields=[*changed, "updated_at"])
        report.updated += 1
    else:
        report.unchanged += 1


def _values(row: dict) -> dict:
    """The fields a row names, checked for what a model cannot check."""
    if unknown := set(row) - set(COLUMNS) - {""}:
        raise ValidationError(f"unknown column: {', '.join(sorted(unknown))}")
    values = {
        name: _text(name, row[name]) for name in COLUMNS if row.get(name) is not None and name != "active"
    }
    language = values.get("language", "").lower()[:2]
    values["language"] = language or guess_language(
        f"{values.get('question', '')} {values.get('answer', '')}"
    )
    if values["language"] not in Language.values:
        raise ValidationError(f"language {row['language']!r}: must be ru or en")
    if row.get("active") is not None:
        values["active"] = _yes_or_no(row["active"])
    for name in ("question", "answer"):
        if not values.get(name):
            raise ValidationError(f"{name} is empty")
    return values


def _text(name: str, value: object) -> str:
    if name == "phrasings" and isinstance(value, list):
        value = "\n".join(map(str, value))
    if isinstance(value, (dict, list)):
        raise ValidationError(f"{name}: must be text")
    return str(value).replace("\x00", "").replace("\r\n", "\n").strip()


def _yes_or_no(value: object) -> bool:
    said = str(value).strip().lower()
    if said not in YES | NO:
        raise ValidationError(f"active {value!r}: must be 1 or 0, true or false, да or нет")
    return said in YES


def _existing(values: dict) -> KnowledgeArticle | None:
    articles = KnowledgeArticle.objects.speaking(values["language"]).defer("search")
    if values.get("key"):
        found = articles.filter(key=values["key"]).first()
        if found is not None:
            return found
    return articles.filter(question=values["question"]).first()


def _in_words(error: ValidationError) -> str:
    if hasattr(error, "error_dict"):
        return "; ".join(f"{name}: {' '.join(texts)}" for name, texts in error.message_dict.items())
    return " ".join(error.messages)
