"""How well the knowledge base is searched: `make bench-knowledge`.

Asks the demo knowledge base the questions of `knowledge_questions/` and prints, for each language: how often the right
article is among the best three and the best one (what a language model is given), and what the offline provider would
do alone: answer rightly, answer wrongly, hand over. The ranking was tuned on one set of questions and only measured on
the other (the threshold of "sure" has seen both). It loads the demo articles in a transaction and undoes it.
"""

import argparse
import statistics
import time
from dataclasses import dataclass
from pathlib import Path

from bench.services import desk_services

QUESTIONS = Path(__file__).with_name("knowledge_questions")
SETS = ("tuning", "held_out")


@dataclass(frozen=True, slots=True)
class Question:
    """A visitor's question; `key` is None where the base has no answer."""

    language: str
    key: str | None
    text: str


@dataclass(frozen=True, slots=True)
class Found:
    """What the search made of a question."""

    question: Question
    keys: list[str]
    sure: bool
    scores: list[float]
    seconds: float


def read_questions(name: str) -> list[Question]:
    """Read one of the two files."""
    text = (QUESTIONS / f"{name}.txt").read_text("utf-8")
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    rows = [[part.strip() for part in line.split("|", 2)] for line in lines]
    return [Question(language, None if key == "-" else key, text) for language, key, text in rows]


def ask(question: Question) -> Found:
    """Search for one question."""
    from llm.knowledge.search import search_knowledge

    started = time.perf_counter()
    hits = search_knowledge(text=question.text, language=question.language)
    seconds = time.perf_counter() - started
    sure = bool(hits) and hits[0].sure
    return Found(question, [hit.article.key for hit in hits], sure, [hit.score for hit in hits], seconds)


def report(name: str, found: list[Found]) -> None:
    """Print one line of figures."""
    known = [f for f in found if f.question.key]
    foreign = [f for f in found if not f.question.key]
    at_3 = sum(f.question.key in f.keys for f in known) / len(known)
    at_1 = sum(f.question.key == f.keys[0] for f in known if f.keys) / len(known)
    right = sum(f.sure and f.question.key == f.keys[0] for f in known) / len(known)
    wrong = sum(f.sure and f.question.key != f.keys[0] for f in known) / len(known)
    refused = sum(not f.sure for f in foreign) / len(foreign)
    middle = statistics.median(f.seconds for f in found) * 1000
    print(
        f"{name:14} {len(known):5} {at_3:9.3f} {at_1:9.3f} {right:9.3f} {wrong:9.3f}"
        f" {1 - right - wrong:9.3f} {len(foreign):9} {refused:8.3f} {middle:12.1f}"
    )


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--misses", action="store_true", help="show what went wrong")
    given = parser.parse_args()
    with desk_services():
        found = measure()
    print(f"{'':14} known  recall@3  recall@1     right     wrong handed over foreign  refused  ms (median)")
    for language in ("ru", "en"):
        for name in SETS:
            of_language = [f for f in found[name] if f.question.language == language]
            report(f"{language}, {name.replace('_', ' ')}", of_language)
    if given.misses:
        show_misses([f for name in SETS for f in found[name]])


def measure() -> dict[str, list[Found]]:
    """Ask the demo knowledge base all the questions."""
    from django.db import transaction

    from llm.demo import load_demo_knowledge
    from llm.models import KnowledgeArticle

    with transaction.atomic():
        KnowledgeArticle.objects.all().delete()
        load_demo_knowledge()
        for language in ("ru", "en"):
            ask(Question(language, None, "warm up"))
        found = {name: [ask(question) for question in read_questions(name)] for name in SETS}
        transaction.set_rollback(True)
    return found


def show_misses(found: list[Found]) -> None:
    """Print the questions that were answered wrongly, missed or answered though foreign."""
    for f in found:
        if f.question.key and f.question.key not in f.keys:
            verdict = "MISSED"
        elif f.sure and f.question.key != f.keys[0]:
            verdict = "WRONG"
        elif f.question.key and not f.sure:
            verdict = "unsure" if f.keys[0] == f.question.key else "second"
        else:
            continue
        print(f"{verdict:7} {f.question.key or '-':24} {f.question.text[:60]:60} ", end="")
        print(", ".join(f"{key} {score:.2f}" for key, score in zip(f.keys, f.scores, strict=True)))


if __name__ == "__main__":
    main()
