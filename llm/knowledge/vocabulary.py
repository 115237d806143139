"""The words the articles of a language are made of: how rare each is, and what stands for what."""

import math
import threading
from dataclasses import dataclass, field

from django.db import connection

from llm.knowledge.spelling import correct, of_one_root, of_one_stem
from llm.knowledge.words import fillers, synonym_groups
from llm.models.knowledge import SEARCH_CONFIGS

SYNONYM, ROOT, TYPO, PREFIX = 0.82, 0.8, 0.75, 0.65  # how much of a word's weight a stand-in for it keeps
UNKNOWN = 0.9  # what a word of no article weighs, beside one of a single article
REMEMBERED = 20_000

_STEMS = "tsvector_to_array(to_tsvector(%s::regconfig, translate({text}, 'ёЁ', 'еЕ')))"
_LINES = f"""
    SELECT id, {_STEMS.format(text="line")}
    FROM llm_knowledgearticle, regexp_split_to_table(question || E'\\n' || phrasings, E'\\n') AS line
    WHERE active AND language = %s AND line <> ''
"""  # noqa: S608 - our own text
_ANSWERS = """
    SELECT id, tsvector_to_array(ts_filter(search, '{b}')) FROM llm_knowledgearticle WHERE active AND language = %s
"""
_QUESTION = f"""
    SELECT {_STEMS.format(text="%s")}, count(*), max(updated_at), max(id)
    FROM llm_knowledgearticle WHERE active AND language = %s
"""  # noqa: S608 - our own text


@dataclass(frozen=True, slots=True)
class Wording:
    """One way to ask an article's question: its lexemes, and those of them that carry the meaning, with rarities."""

    lexemes: frozenset[str]
    subject: dict[str, float]
    weight: float


@dataclass(frozen=True, slots=True)
class Entry:
    """What the search remembers of an article."""

    wordings: list[Wording]
    answer: frozenset[str]


@dataclass(slots=True)
class Vocabulary:
    """Lexemes with the number of articles each is in, and the articles as sets of lexemes."""

    articles: int
    counts: dict[str, int]
    synonyms: dict[str, set[str]]
    fillers: frozenset[str]
    entries: dict[int, Entry] = field(default_factory=dict)
    _known: dict[str, dict[str, float]] = field(default_factory=dict)

    def rarity(self, lexeme: str) -> float:
        """Return the inverse document frequency: a word in every article says little, one in few says much."""
        count = self.counts.get(lexeme, 0)
        weight = math.log(1 + (self.articles + 1) / (max(count, 1) + 0.5))
        return weight if count else UNKNOWN * weight

    def stand_ins(self, lexeme: str) -> dict[str, float]:
        """Return the lexemes of the articles that `lexeme` may mean, with how surely it means each."""
        if lexeme not in self._known:
            if len(self._known) > REMEMBERED:  # what visitors type is endless
                self._known.clear()
            self._known[lexeme] = self._find_stand_ins(lexeme)
        return self._known[lexeme]

    def _find_stand_ins(self, lexeme: str) -> dict[str, float]:
        if lexeme in self.counts or lexeme in self.synonyms:
            meant = dict.fromkeys(of_one_root(lexeme, self.counts), ROOT) | {lexeme: 1.0}
            origins = {lexeme: 1.0}
        else:
            words = self.counts.keys() | self.synonyms.keys()
            meant = (
                dict.fromkeys(of_one_root(lexeme, words), ROOT)
                or dict.fromkeys(correct(lexeme, words), TYPO)
                or dict.fromkeys(of_one_stem(lexeme, words), PREFIX)
            )
            origins = meant
        found = dict(meant)
        for word, weight in origins.items():
            for synonym in self.synonyms.get(word, ()):
                found[synonym] = max(found.get(synonym, 0), SYNONYM * weight)
        return {word: weight for word, weight in found.items() if word in self.counts}


_cache: dict[str, tuple[tuple, Vocabulary]] = {}
_lock = threading.Lock()


def read_question(text: str, language: str) -> tuple[list[str], Vocabulary]:
    """Return the stems of a text, as PostgreSQL makes them, and the vocabulary of the active articles, built anew when
    an article has changed: one question to the database for both."""
    with connection.cursor() as cursor:
        cursor.execute(_QUESTION, [SEARCH_CONFIGS[language], text, language])
        stems, *version = cursor.fetchone()
    version = (connection.settings_dict["NAME"], *version)
    cached = _cache.get(language)
    if cached is None or cached[0] != version:
        with _lock:  # one builds it, the others wait for that one
            cached = _cache.get(language)
            if cached is None or cached[0] != version:
                cached = _cache[language] = (version, _build(language))
    return stems, cached[1]


def _build(language: str) -> Vocabulary:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT word, ndoc FROM ts_stat(format('SELECT search FROM llm_knowledgearticle"
            " WHERE active AND language = %%L', %s::text))",
            [language],
        )
        counts = dict(cursor.fetchall())
        cursor.execute(_ANSWERS, [language])
        answers = {pk: frozenset(lexemes) for pk, lexemes in cursor.fetchall()}
        cursor.execute(_LINES, [SEARCH_CONFIGS[language], language])
        lines = cursor.fetchall()
    vocabulary = Vocabulary(
        articles=len(answers),
        counts=counts,
        synonyms=_synonyms(language),
        fillers=frozenset(_stems([fillers(language)], language)[0]),
    )
    vocabulary.entries = {pk: Entry([], answer) for pk, answer in answers.items()}
    for pk, lexemes in lines:
        subject = {
            lexeme: vocabulary.rarity(lexeme) for lexeme in lexemes if lexeme not in vocabulary.fillers
        }
        if pk in vocabulary.entries:
            vocabulary.entries[pk].wordings.append(
                Wording(frozenset(lexemes), subject, sum(subject.values()) or 1.0)
            )
    return vocabulary


def _synonyms(language: str) -> dict[str, set[str]]:
    groups = synonym_groups(language)
    found: dict[str, set[str]] = {}
    for stems in map(set, _stems([" ".join(group) for group in groups], language)):
        for stem in stems:
            found.setdefault(stem, set()).update(stems - {stem})
    return found


def _stems(texts: list[str], language: str) -> list[list[str]]:
    query = f"SELECT {_STEMS.format(text='text')} FROM unnest(%s::text[]) WITH ORDINALITY AS t(text, n) ORDER BY n"  # noqa: S608
    with connection.cursor() as cursor:
        cursor.execute(query, [SEARCH_CONFIGS[language], texts])
        return [row[0] for row in cursor.fetchall()]
