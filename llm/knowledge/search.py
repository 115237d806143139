"""Finds the articles that answer a question: full-text search of PostgreSQL, ranked by what the words are worth."""

from dataclasses import dataclass

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.search import SearchQuery, SearchRank
from django.db.models import Func, TextField

from llm.knowledge.vocabulary import Vocabulary, get_vocabulary, lexemes_of
from llm.models.knowledge import KnowledgeArticle

# What a word of the visitor's is worth where it is found: in this wording of the article's question, in another one of
# it, in its answer; and how much it counts that the wording is covered, beside that the visitor's words are.
IN_THIS, IN_OTHERS, IN_ANSWER = 1.0, 0.6, 0.35
COVERED = 0.2
# Measured by `make bench-knowledge`: lower answers more and is wrong more often.
SURE_SCORE, SURE_MARGIN = 0.57, 0.04
LONGEST_QUESTION = 1000  # characters of the visitor's words that are searched for
CANDIDATES = 60


@dataclass(frozen=True, slots=True)
class Hit:
    """An article that may answer, with its score from 0 to 1; `sure` when it may be sent without an LLM."""

    article: KnowledgeArticle
    score: float
    sure: bool = False


def search_knowledge(*, text: str, language: str, limit: int = 3) -> list[Hit]:
    """Return the best articles of a language for a question, the best first."""
    vocabulary = get_vocabulary(language)
    asked = [stem for stem in lexemes_of(text[:LONGEST_QUESTION], language) if stem not in vocabulary.fillers]
    words = {stem: _worth(stem, vocabulary) for stem in asked}
    wanted = {lexeme for word in words for lexeme in vocabulary.stand_ins(word)}
    if not wanted:
        return []
    scored = [(_score(words, article, vocabulary), article) for article in _candidates(wanted, language)]
    scored.sort(key=lambda pair: (-pair[0], pair[1].pk))
    runner_up = scored[1][0] if len(scored) > 1 else 0.0
    return [
        Hit(article, score, sure=n == 0 and score >= SURE_SCORE and score - runner_up >= SURE_MARGIN)
        for n, (score, article) in enumerate(scored[:limit])
    ]


def _worth(stem: str, vocabulary: Vocabulary) -> float:
    """The rarity of what the word may mean."""
    return min(map(vocabulary.rarity, vocabulary.stand_ins(stem)), default=vocabulary.rarity(stem))


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
        .annotate(in_answer=_Lexemes("search", weight="b"), rank=SearchRank("search", query))
        .defer("search")
        .order_by("-rank", "pk")[:CANDIDATES]
    )


def _score(words: dict[str, float], article: KnowledgeArticle, vocabulary: Vocabulary) -> float:
    """How much of what was asked the article speaks of, and how much of its question was asked: its best wording."""
    wordings = vocabulary.questions.get(article.pk, [])
    anywhere = frozenset().union(*wordings)
    in_answer = frozenset(article.in_answer)
    return max(
        (_score_wording(words, wording, anywhere, in_answer, vocabulary) for wording in wordings), default=0.0
    )


def _score_wording(
    words: dict[str, float],
    wording: frozenset,
    anywhere: frozenset,
    in_answer: frozenset,
    vocabulary: Vocabulary,
) -> float:
    found, met = 0.0, {}
    for word, worth in words.items():
        best = 0.0
        for stand_in, weight in vocabulary.stand_ins(word).items():
            if stand_in in wording:
                best = max(best, weight * IN_THIS)
                met[stand_in] = max(met.get(stand_in, 0.0), weight)
            elif stand_in in anywhere:
                best = max(best, weight * IN_OTHERS)
            elif stand_in in in_answer:
                best = max(best, weight * IN_ANSWER)
        found += worth * best
    subject = {stem: vocabulary.rarity(stem) for stem in wording if stem not in vocabulary.fillers}
    covered = sum(rarity * met.get(stem, 0.0) for stem, rarity in subject.items())
    share = covered / sum(subject.values()) if subject else 0.0
    return (1 - COVERED) * found / sum(words.values()) + COVERED * share
