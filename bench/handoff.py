"""Measures the handoff detectors: `make bench-handoff`.

On the development set where it is at hand (`HANDOFF_DEV` names its folder), else on the rows of it that our
licence lets us ship. Cross-validated: a row that may be trained on is judged by weights built without its fold.
"""

import json
import os
import statistics
import time
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path

from llm.handoff import Detection, cannot, corpus, detect_cannot, detect_request, linear, request, train
from llm.handoff.normalise import forget_words

FOLDS = 5
LONG_MESSAGE = 500
MESSAGES = 60
ROUNDS = 5
TASKS = {
    "handoff": ("request", request.HAND_OVER_FROM),
    "cannot": ("cannot", cannot.HAND_OVER_FROM),
}
# Kinds that score.py counts as hard negatives beside those with "hard" in the name.
HARD_DRAFTS = frozenset(f"authored:{kind}" for kind in ("policy", "benign", "aimention", "after"))


@dataclass(frozen=True, slots=True)
class Score:
    """One line of the table."""

    texts: int
    precision: float
    recall: float
    f1: float
    hard_negatives: int
    hard_false_alarms: int

    @property
    def hard_rate(self) -> float:
        """The share of hard negatives that were taken for a hit."""
        return self.hard_false_alarms / max(1, self.hard_negatives)


def development_rows(task: str) -> list[dict]:
    """The rows to measure on."""
    folder = os.environ.get("HANDOFF_DEV")
    if folder:
        path = Path(folder) / f"{task}_dev.jsonl"
        return [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    return [{**row, "may_ship": True} for row in corpus.licensed() if row["task"] == task]


def cross_validate(task: str, *, draws: int = train.DRAWS, folds: int = FOLDS) -> dict[str, Score]:
    """Scores by language, each row judged by a model that has not seen it."""
    name, threshold = TASKS[task]
    rows = development_rows(task)
    seen: dict[tuple[str, str | None], list[list[str]]] = {}
    original = train.TASKS[name]

    def pieces(text: str, language: str | None) -> list[list[str]]:
        key = (text, language)
        if key not in seen:
            seen[key] = [sorted(piece) for piece in original.pieces(text, language)]
        return seen[key]

    cached = replace(original, pieces=pieces)
    own = train.own_examples(name, draws=draws)
    hits: dict[str, bool] = {}
    for fold in range(folds):
        others = [
            train.Example(row["text"], row["lang"], bool(row["label"]))
            for row in rows
            if row["may_ship"] and _fold(row, folds) != fold
        ]
        model = train.fit(cached, own + others)
        for row in rows:
            if _fold(row, folds) == fold:
                scores = [model.score(piece) for piece in pieces(row["text"], row["lang"])]
                marker = task == "cannot" and cannot.is_marker(row["text"])
                hits[row["id"]] = marker or max(scores, default=-linear.CERTAIN) >= threshold
    return {
        language: _score([row for row in rows if row["lang"] == language], hits) for language in ("ru", "en")
    }


def seconds_for_long_message() -> dict[str, float]:
    """Median processor time of a message of 500 characters whose words are all new to the caches, in seconds.

    The best of some rounds is taken for each message, because other work on the machine only ever adds.
    """
    texts: dict[str, str] = defaultdict(str)
    for row in corpus.licensed():
        texts[row["lang"]] += row["text"] + " "
    found = {}
    for language, text in texts.items():
        messages = [text[n * LONG_MESSAGE : (n + 1) * LONG_MESSAGE] for n in range(MESSAGES)]
        messages = [message for message in messages if len(message) == LONG_MESSAGE]
        for name, detect in (("handoff", detect_request), ("cannot", detect_cannot)):
            detect(messages[0], language)
            best = [min(_seconds(detect, message, language) for _ in range(ROUNDS)) for message in messages]
            found[f"{name} {language}"] = statistics.median(best)
    return found


def _seconds(detect: Callable[[str, str], Detection], message: str, language: str) -> float:
    forget_words()
    start = time.process_time()
    detect(message, language)
    return time.process_time() - start


def _fold(row: dict, folds: int) -> int:
    return int(sha256(row["id"].encode()).hexdigest(), 16) % folds


def _score(rows: list[dict], hits: dict[str, bool]) -> Score:
    right = sum(hits[row["id"]] and bool(row["label"]) for row in rows)
    taken = sum(hits[row["id"]] for row in rows)
    wanted = sum(bool(row["label"]) for row in rows)
    hard = [row for row in rows if not row["label"] and ("hard" in row["kind"] or row["kind"] in HARD_DRAFTS)]
    return Score(
        texts=len(rows),
        precision=right / max(1, taken),
        recall=right / max(1, wanted),
        f1=2 * right / max(1, taken + wanted),
        hard_negatives=len(hard),
        hard_false_alarms=sum(hits[row["id"]] for row in hard),
    )


def main() -> None:
    """Print the table and the time per message."""
    where = "the whole development set" if os.environ.get("HANDOFF_DEV") else "its licensed rows"
    print(f"Handoff detection on {where}, {FOLDS}-fold cross-validation, no LLM")
    print(f"{'task':8} {'lang':4} {'texts':>6} {'P':>6} {'R':>6} {'F1':>6}  hard negatives taken")
    for task in TASKS:
        for language, score in cross_validate(task).items():
            print(
                f"{task:8} {language:4} {score.texts:6} {score.precision:6.3f} {score.recall:6.3f} {score.f1:6.3f}"
                f"  {score.hard_false_alarms} of {score.hard_negatives} ({score.hard_rate:.1%})"
            )
    print(f"Processor time of a new message of {LONG_MESSAGE} characters, median:")
    for name, seconds in seconds_for_long_message().items():
        print(f"  {name:10} {seconds * 1000:.2f} ms")


if __name__ == "__main__":
    main()
