"""Answers from the articles alone, with no language model."""

from dataclasses import dataclass

from llm.knowledge.search import Hit, search_knowledge

READ_MORE = {"ru": "Подробнее", "en": "More"}
FEW_WORDS = 6


@dataclass(frozen=True, slots=True)
class KnownAnswer:
    """The text of an article, with where it comes from."""

    text: str
    sources: list[dict]


def answer_from_knowledge(*, text: str, earlier: str, language: str) -> KnownAnswer | None:
    """Return the article that surely answers the question, or None.

    `earlier` is what the visitor said before: "and to Kazan?" is understood only together with it.
    """
    best = _sure_hit(text, language)
    if best is None and earlier and len(text.split()) <= FEW_WORDS:
        best = _sure_hit(f"{earlier} {text}", language)
    if best is None:
        return None
    return KnownAnswer(with_source(best.article.answer, best.article.link, language), [source_of(best)])


def source_of(hit: Hit) -> dict:
    """Describe an article as the source of an answer."""
    return {"id": hit.article.pk, "title": hit.article.question, "url": hit.article.link}


def with_source(text: str, link: str, language: str) -> str:
    """Name the source of an answer in its last line, unless the answer has named it already."""
    if not link or link in text:
        return text
    return f"{text.rstrip()}\n\n{READ_MORE[language]}: {link}"


def _sure_hit(text: str, language: str) -> Hit | None:
    hits = search_knowledge(text=text, language=language)
    return hits[0] if hits and hits[0].sure else None
