"""Finds the articles that answer a question: full-text search of PostgreSQL, ranked by what the words are worth."""

from dataclasses import dataclass

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.search import SearchQuery, SearchRank
from django.db.models import Func, TextField

from llm.knowledge.vocabulary import Vocabulary, get_vocabulary, lexemes_of
from llm.models.knowledge import KnowledgeArticle

IN_QUESTION, IN_ANSWER = 1.0, 0.45
LONGEST_QUESTION = 1000  # characters of the visitor's words that are searched for
CANDIDATES = 60
# Measured by `make bench-knowledge`: lower answers more and is wrong more often.
SURE_SCORE, SURE_MARGIN = 0.5, 0.04


@dataclass(frozen=True, slots=True)
class Hit:
    """An article that may answer, with its score from 0 to 1; `sure` when it may be sent without an LLM."""

    article: KnowledgeArticle
    score: float
    sure: bool = False


def search_knowledge(*, text: str, language: str, limit: int = 3) -> list[Hit]:
    """Return the best articles of a language for a question, the best first."""
    vocabulary = get_vocabulary(language)
    words = _worth(text[:LONGEST_QUESTION], language, vocabulary)
    if not words:
        return []
    wanted = {lexeme for word in words for lexeme in vocabulary.stand_ins(word)}
    if not wanted:
        return []
    scored = sorted(
        ((_score(words, article, vocabulary), article) for article in _candidates(wanted, language)),
        key=lambda pair: (-pair[0], pair[1].pk),
    )
    runner_up = scored[1][0] if len(scored) > 1 else 0.0
    return [
        Hit(article, score, sure=n == 0 and score >= SURE_SCORE and score - runner_up >= SURE_MARGIN)
        for n, (score, article) in enumerate(scored[:limit])
    ]


def _worth(text: str, language: str, vocabulary: Vocabulary) -> dict[str, float]:
    """The words of the question that carry meaning, with their rarity."""
    stems = [stem for stem in lexemes_of(text, language) if stem not in vocabulary.fillers]
    return {stem: _rarity(stem, vocabulary) for stem in stems}


def _rarity(stem: str, vocabulary: Vocabulary) -> float:
    stand_ins = vocabulary.stand_ins(stem)
    return min((vocabulary.rarity(word) for word in stand_ins), default=vocabulary.rarity(stem))


class _Lexemes(Func):
    """The lexemes of a tsvector that bear one weight."""

    template = "tsvector_to_array(ts_filter(%(expressions)s, '{%(weight)s}'))"
    output_field = ArrayField(TextField())


def _candidates(wanted: set[str], language: str) -> list[KnowledgeArticle]:
    quoted = " | ".join("'" + word.replace("\\", "\\\\").replace("'", "''") + "'" for word in sorted(wanted))
    query = SearchQuery(quoted, search_type="raw", config="simple")
    return list(
        KnowledgeArticle.objects.active()
        .speaking(language)
        .filter(search=query)
        .annotate(
            in_question=_Lexemes("search", weight="a"),
            in_answer=_Lexemes("search", weight="b"),
            rank=SearchRank("search", query),
        )
        .defer("search")
        .order_by("-rank", "pk")[:CANDIDATES]
    )


def _score(words: dict[str, float], article: KnowledgeArticle, vocabulary: Vocabulary) -> float:
    """How much of what was asked the article speaks of, and how much of the article's question was asked."""
    in_question, in_answer = set(article.in_question), set(article.in_answer)
    asked = sum(words.values())
    found = 0.0
    met: set[str] = set()
    for word, worth in words.items():
        best = 0.0
        for stand_in, weight in vocabulary.stand_ins(word).items():
            if stand_in in in_question:
                best = max(best, weight * IN_QUESTION)
                met.add(stand_in)
            elif stand_in in in_answer:
                best = max(best, weight * IN_ANSWER)
        found += worth * best
    subject = [word for word in in_question if word not in vocabulary.fillers]
    spoken = sum(vocabulary.rarity(word) for word in subject)
    covered = sum(vocabulary.rarity(word) for word in subject if word in met)
    return 0.75 * found / asked + 0.25 * (covered / spoken if spoken else 0)
