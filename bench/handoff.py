"""Measures the handoff detectors: `make bench-handoff`.

On the development set where it is at hand (`HANDOFF_DEV` names its folder), else on the rows of it that our
licence lets us ship. Two figures for each task and language:
- cross-validated: trained on our own texts and on the licensed rows of the other folds. Rows that share most of their
  words are in one fold, so that no paraphrase of a judged row is trained on.
- own texts only: no row of the set is trained on at all.
In both, a text of our own that reads like a judged row, word for word, is left out of training.
"""

import json
import os
import re
import statistics
import time
from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path

from llm.handoff import Detection, cannot, corpus, detect_cannot, detect_request, linear, request, train
from llm.handoff.normalise import forget_words

FOLDS = 5
LONG_MESSAGE = 500
MESSAGES = 200
ROUNDS = 3
# Rows that share more of their words (cut to stems) than this are one family.
SAME_FAMILY = 0.5
_STEM = 5
GOALS = {  # F1 at least, hard negatives taken at most
    ("handoff", "ru"): (0.95, 0.04),
    ("handoff", "en"): (0.95, 0.03),
    ("cannot", "ru"): (0.95, 0.05),
    ("cannot", "en"): (0.95, 0.05),
}
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
    """Scores by language, each row judged by a model that has seen neither it nor its family."""
    rows = development_rows(task)
    fold_of = _folds(rows, folds)
    trial = _Trial(task, rows, draws)
    hits: dict[str, bool] = {}
    for fold in range(folds):
        judged = [row for row in rows if fold_of[row["id"]] == fold]
        others = [row for row in rows if row["may_ship"] and fold_of[row["id"]] != fold]
        hits.update(trial.judge(judged, others))
    return _by_language(rows, hits)


def without_the_set(task: str, *, draws: int = train.DRAWS) -> dict[str, Score]:
    """Scores by language of a model trained on our own texts alone."""
    rows = development_rows(task)
    return _by_language(rows, _Trial(task, rows, draws).judge(rows, []))


class _Trial:
    """Our own texts and everybody's features, taken apart once for all the folds."""

    def __init__(self, task: str, rows: list[dict], draws: int) -> None:
        self.task = task
        name, self.threshold = TASKS[task]
        original = train.TASKS[name]
        seen: dict[tuple[str, str | None], list[list[str]]] = {}

        def pieces(text: str, language: str | None) -> list[list[str]]:
            key = (text, language)
            if key not in seen:
                seen[key] = [sorted(piece) for piece in original.pieces(text, language)]
            return seen[key]

        self.fitted = replace(original, pieces=pieces)
        self.own = train.own_examples(name, draws=draws)
        wanted = {_plain(row["text"]) for row in rows}
        self.plain = {own.text: plain for own in self.own if (plain := _plain(own.text)) in wanted}

    def judge(self, judged: list[dict], others: list[dict]) -> dict[str, bool]:
        """Train on the other rows and our own texts, and say which of the judged rows are hits."""
        banned = {_plain(row["text"]) for row in judged}
        examples = [own for own in self.own if self.plain.get(own.text) not in banned]
        examples += [train.Example(row["text"], row["lang"], bool(row["label"])) for row in others]
        model = train.fit(self.fitted, examples)
        hits = {}
        for row in judged:
            scores = [model.score(piece) for piece in self.fitted.pieces(row["text"], row["lang"])]
            marker = self.task == "cannot" and cannot.is_marker(row["text"])
            hits[row["id"]] = marker or max(scores, default=-linear.CERTAIN) >= self.threshold
        return hits


def _plain(text: str) -> str:
    return " ".join(re.findall(r"\w+", text.lower().replace("ё", "е")))


def _folds(rows: list[dict], folds: int) -> dict[str, int]:
    """The fold of each row's id; a family stays together, and its place does not depend on the order of the rows."""
    stems = {row["id"]: frozenset(word[:_STEM] for word in _plain(row["text"]).split()) for row in rows}
    with_stem: dict[str, list[str]] = defaultdict(list)
    head = {name: name for name in stems}

    def head_of(name: str) -> str:
        while head[name] != name:
            name = head[name]
        return name

    for name in sorted(stems):
        shared = Counter(other for stem in stems[name] for other in with_stem[stem])
        for other, count in shared.items():
            if count / len(stems[name] | stems[other]) > SAME_FAMILY:
                first, second = sorted((head_of(name), head_of(other)))
                head[second] = first
        for stem in stems[name]:
            with_stem[stem].append(name)
    return {name: int(sha256(head_of(name).encode()).hexdigest(), 16) % folds for name in stems}


def _by_language(rows: list[dict], hits: dict[str, bool]) -> dict[str, Score]:
    return {
        language: _score([row for row in rows if row["lang"] == language], hits) for language in ("ru", "en")
    }


def seconds_for_long_messages(*, fresh: bool = True) -> dict[str, list[float]]:
    """Processor time of messages of 500 characters, in seconds, sorted; `fresh`: no word of them was seen before.

    A process keeps the words that it has recognised, so most words of most messages are not new to it. The best of
    some rounds is taken for each message, because other work on the machine only ever adds.
    """
    texts: dict[str, str] = defaultdict(str)
    for row in corpus.licensed():
        texts[row["lang"]] += row["text"] + " "
    found = {}
    for language, text in texts.items():
        step = (len(text) - LONG_MESSAGE) // MESSAGES
        messages = [text[n * step : n * step + LONG_MESSAGE] for n in range(MESSAGES)]
        for name, detect in (("handoff", detect_request), ("cannot", detect_cannot)):
            detect(messages[0], language)
            found[f"{name} {language}"] = sorted(
                min(_seconds(detect, message, language, fresh) for _ in range(ROUNDS)) for message in messages
            )
    return found


def _seconds(detect: Callable[[str, str], Detection], message: str, language: str, fresh: bool) -> float:
    if fresh:
        forget_words()
    start = time.process_time()
    detect(message, language)
    return time.process_time() - start


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
    """Print the tables and the time per message."""
    where = "the whole development set" if os.environ.get("HANDOFF_DEV") else "its licensed rows"
    print(f"Handoff detection on {where}, no LLM")
    _table(f"{FOLDS}-fold cross-validation, families of rows kept together", cross_validate)
    _table("Trained on our own texts only, no row of the set", without_the_set)
    print(
        f"Processor time of a message of {LONG_MESSAGE} characters, median and p99, all words new | seen before:"
    )
    known = seconds_for_long_messages(fresh=False)
    for name, new in seconds_for_long_messages().items():
        print(f"  {name:10} {_milliseconds(new)} | {_milliseconds(known[name])}")


def _milliseconds(seconds: list[float]) -> str:
    late = seconds[int(len(seconds) * 0.99)]
    return f"{statistics.median(seconds) * 1000:.2f}, {late * 1000:.2f} ms"


def _table(title: str, measure: Callable[[str], dict[str, Score]]) -> None:
    print(f"{title}:")
    print(
        f"  {'task':8} {'lang':4} {'texts':>6} {'P':>6} {'R':>6} {'F1':>6} {'goal':>5}  hard negatives taken"
    )
    for task in TASKS:
        for language, score in measure(task).items():
            least, most = GOALS[task, language]
            print(
                f"  {task:8} {language:4} {score.texts:6} {score.precision:6.3f} {score.recall:6.3f} {score.f1:6.3f}"
                f" {least:5.2f}  {score.hard_false_alarms} of {score.hard_negatives}"
                f" ({score.hard_rate:.1%}, goal {most:.0%})"
            )


if __name__ == "__main__":
    main()
