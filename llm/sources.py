"""Names the article that an answer came from."""

import re

from llm.knowledge.answering import source_of, with_source
from llm.knowledge.search import Hit

WORD = re.compile(r"\w{4,}")
STEM = 5  # letters that stand for a word, whatever its ending
TAKEN_FROM = 0.45  # the share of the answer's words that the article must have


def name_source(text: str, hits: list[Hit], language: str) -> tuple[str, list[dict]]:
    """Return the answer with the link of its article in the last line, and the articles it came from.

    The model is asked to name the link itself; when it forgot, the article that most of its words come from is named.
    """
    named = [hit for hit in hits if hit.article.link and hit.article.link in text]
    if named:
        return text, [source_of(hit) for hit in named]
    shares = [(_share(text, hit), hit) for hit in hits]
    share, best = max(shares, key=lambda pair: pair[0])
    if share < TAKEN_FROM:
        return text, []
    return with_source(text, best.article.link, language), [source_of(best)]


def _share(text: str, hit: Hit) -> float:
    """How many of the answer's words the article has."""
    said = _stems(text)
    if len(said) < 3:
        return 0.0
    return len(said & _stems(f"{hit.article.question} {hit.article.answer}")) / len(said)


def _stems(text: str) -> set[str]:
    return {word.lower().replace("ё", "е")[:STEM] for word in WORD.findall(text)}
