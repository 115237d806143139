"""Loads the demo content. What is there already is left alone: somebody may have edited it."""

import json
from pathlib import Path

from llm.models import Character, KnowledgeArticle

HERE = Path(__file__).parent


def load_demo_knowledge() -> int:
    """Add the articles of the demo shop that are missing; return how many were added."""
    rows = [row for path in sorted(HERE.glob("knowledge_*.jsonl")) for row in _rows(path)]
    known = set(KnowledgeArticle.objects.values_list("language", "key"))
    new = [KnowledgeArticle(**row) for row in rows if (row["language"], row["key"]) not in known]
    # A question that was re-keyed by hand is the same article: the constraint decides.
    return _count_new(KnowledgeArticle, new)


def load_demo_characters() -> int:
    """Add the demo characters that are missing; return how many were added."""
    known = set(Character.objects.values_list("slug", flat=True))
    new = [Character(**row) for row in _rows(HERE / "characters.jsonl") if row["slug"] not in known]
    return _count_new(Character, new)


def _count_new(model, rows: list) -> int:
    before = model.objects.count()
    model.objects.bulk_create(rows, ignore_conflicts=True)
    return model.objects.count() - before


def _rows(path: Path) -> list[dict]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines() if line.strip()]
