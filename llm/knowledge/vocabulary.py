"""The words the articles of a language are made of: how rare each is, and what stands for what."""

import math
import threading
from dataclasses import dataclass, field

from django.db import connection
from django.db.models import Count, Max

from llm.knowledge.spelling import correct, of_one_root
from llm.knowledge.words import fillers, synonym_groups
from llm.models.knowledge import SEARCH_CONFIGS, KnowledgeArticle

SYNONYM, ROOT, TYPO = 0.85, 0.8, 0.75  # how much of a word's weight a stand-in for it keeps


@dataclass(slots=True)
class Vocabulary:
    """Lexemes with the number of articles each is in."""

    articles: int
    counts: dict[str, int]
    synonyms: dict[str, set[str]]
    fillers: frozenset[str]
    known: dict[str, dict[str, float]] = field(default_factory=dict)

    def rarity(self, lexeme: str) -> float:
        """Return the inverse document frequency: a word in every article says little, one in none says most."""
        return math.log(1 + (self.articles + 1) / (self.counts.get(lexeme, 0) + 0.5))

    def stand_ins(self, lexeme: str) -> dict[str, float]:
        """Return the lexemes of the articles that `lexeme` may mean, with how surely it means each."""
        if lexeme not in self.known:
            if len(self.known) > 20_000:  # what visitors type is endless
                self.known.clear()
            self.known[lexeme] = self._find_stand_ins(lexeme)
        return self.known[lexeme]

    def _find_stand_ins(self, lexeme: str) -> dict[str, float]:
        found: dict[str, float] = {}
        meant = [lexeme]
        if lexeme not in self.counts and lexeme not in self.synonyms:
            roots = of_one_root(lexeme, self.counts.keys() | self.synonyms.keys())
            meant = roots or correct(lexeme, self.counts.keys() | self.synonyms.keys())
            found = dict.fromkeys(meant, ROOT if roots else TYPO)
        else:
            found = dict.fromkeys(of_one_root(lexeme, self.counts), ROOT) | {lexeme: 1.0}
        for word in meant:
            for synonym in self.synonyms.get(word, ()):
                found[synonym] = max(found.get(synonym, 0), SYNONYM * found.get(word, 1.0))
        return {word: weight for word, weight in found.items() if word in self.counts}


_cache: dict[str, tuple[tuple, Vocabulary]] = {}
_lock = threading.Lock()


def get_vocabulary(language: str) -> Vocabulary:
    """Return the vocabulary of the active articles, built anew when an article has changed."""
    articles = KnowledgeArticle.objects.active().speaking(language).order_by()
    summary = articles.aggregate(count=Count("id"), last=Max("updated_at"), top=Max("id"))
    version = (connection.settings_dict["NAME"], summary["count"], summary["last"], summary["top"])
    cached = _cache.get(language)
    if cached is None or cached[0] != version:
        with _lock:
            cached = _cache[language] = (version, _build(language, summary["count"]))
    return cached[1]


def lexemes_of(text: str, language: str) -> list[str]:
    """Return the stems of a text in the order of the text, as PostgreSQL makes them."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT lexeme FROM unnest(to_tsvector(%s::regconfig, translate(%s, 'ёЁ', 'еЕ'))) ORDER BY positions[1]",
            [SEARCH_CONFIGS[language], text],
        )
        return [row[0] for row in cursor.fetchall()]


def _build(language: str, articles: int) -> Vocabulary:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT word, ndoc FROM ts_stat(format('SELECT search FROM llm_knowledgearticle"
            " WHERE active AND language = %%L', %s::text))",
            [language],
        )
        counts = dict(cursor.fetchall())
    synonyms: dict[str, set[str]] = {}
    for group in synonym_groups(language):
        stems = {stem for word in group for stem in lexemes_of(word, language)}
        for stem in stems:
            synonyms.setdefault(stem, set()).update(stems - {stem})
    return Vocabulary(
        articles=articles,
        counts=counts,
        synonyms=synonyms,
        fillers=frozenset(lexemes_of(fillers(language), language)),
    )
