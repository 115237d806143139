"""Finds the articles that answer a question: full-text search of PostgreSQL, ranked by what the words are worth."""

from dataclasses import dataclass

from django.contrib.postgres.search import SearchQuery, SearchRank

from llm.knowledge.vocabulary import Entry, Vocabulary, read_question
from llm.models.knowledge import KnowledgeArticle

# What a word of the visitor's is worth where it is found: in this wording of the article's question, in another one of
# it, in its answer; and how much it counts that the wording is covered, beside that the visitor's words are.
IN_THIS, IN_OTHERS, IN_ANSWER = 1.0, 0.6, 0.35
COVERED = 0.2
# Measured by `make bench-knowledge`: lower answers more and is wrong more often.
SURE_SCORE, SURE_MARGIN = 0.62, 0.1
LONGEST_QUESTION = 1000  # characters of the visitor's words that are searched for
CANDIDATES = 60

Meant = dict[str, dict[str, float]]


@dataclass(frozen=True, slots=True)
class Hit:
    """An article that may answer, with its score from 0 to 1; `sure` when it may be sent without an LLM."""

    article: KnowledgeArticle
    score: float
    sure: bool = False


def search_knowledge(*, text: str, language: str, limit: int = 3) -> list[Hit]:
    """Return the best articles of a language for a question, the best first."""
    stems, vocabulary = read_question(text[:LONGEST_QUESTION], language)
    asked = [stem for stem in stems if stem not in vocabulary.fillers]
    worth = {stem: _worth(stem, vocabulary) for stem in asked}
    meant = _meant(asked, vocabulary)
    if not meant:
        return []
    candidates = _candidates(meant, language)
    scores = {
        pk: _score(worth, meant, vocabulary.entries[pk]) for pk in candidates if pk in vocabulary.entries
    }
    best = sorted(scores, key=lambda pk: (-scores[pk], pk))
    articles = KnowledgeArticle.objects.defer("search").in_bulk(best[:limit])
    runner_up = scores[best[1]] if len(best) > 1 else 0.0
    return [
        Hit(articles[pk], scores[pk], sure=n == 0 and _is_sure(scores[pk], runner_up))
        for n, pk in enumerate(best[:limit])
        if pk in articles
    ]


def _worth(stem: str, vocabulary: Vocabulary) -> float:
    """The rarity of what the word may mean."""
    return min(map(vocabulary.rarity, vocabulary.stand_ins(stem)), default=vocabulary.rarity(stem))


def _meant(asked: list[str], vocabulary: Vocabulary) -> Meant:
    """For each lexeme of the articles: which of the visitor's words may mean it, and how surely."""
    meant: Meant = {}
    for word in asked:
        for lexeme, weight in vocabulary.stand_ins(word).items():
            meant.setdefault(lexeme, {})[word] = weight
    return meant


def _candidates(meant: Meant, language: str) -> list[int]:
    quoted = " | ".join("'" + word.replace("\\", "\\\\").replace("'", "''") + "'" for word in sorted(meant))
    query = SearchQuery(quoted, search_type="raw", config="simple")
    articles = KnowledgeArticle.objects.active().speaking(language).filter(search=query)
    return list(
        articles.order_by(SearchRank("search", query).desc(), "pk").values_list("pk", flat=True)[:CANDIDATES]
    )


def _score(worth: dict[str, float], meant: Meant, entry: Entry) -> float:
    """How much of what was asked the article speaks of, and how much of its question was asked: its best wording."""
    in_wordings = [_found(meant, wording.lexemes) for wording in entry.wordings]
    elsewhere = {word: weight * IN_ANSWER for word, weight in _found(meant, entry.answer).items()}
    for found in in_wordings:
        for word, weight in found.items():
            elsewhere[word] = max(elsewhere.get(word, 0.0), weight * IN_OTHERS)
    asked = sum(worth.values())
    best = 0.0
    for wording, found in zip(entry.wordings, in_wordings, strict=True):
        spoken_of = sum(
            value * max(found.get(word, 0.0) * IN_THIS, elsewhere.get(word, 0.0))
            for word, value in worth.items()
        )
        covered = sum(
            rarity * max(meant[lexeme].values())
            for lexeme, rarity in wording.subject.items()
            if lexeme in meant
        )
        best = max(best, (1 - COVERED) * spoken_of / asked + COVERED * covered / wording.weight)
    return best


def _found(meant: Meant, lexemes: frozenset[str]) -> dict[str, float]:
    """Which of the visitor's words are among the lexemes, and how surely."""
    found: dict[str, float] = {}
    for lexeme in meant.keys() & lexemes:
        for word, weight in meant[lexeme].items():
            found[word] = max(found.get(word, 0.0), weight)
    return found


def _is_sure(score: float, runner_up: float) -> bool:
    return score >= SURE_SCORE and score - runner_up >= SURE_MARGIN
