"""Rebuilds the shipped weights exactly: `python -m llm.handoff.train` (needs scikit-learn, a dev requirement)."""

import hashlib
import random
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from llm.handoff import augment, cannot, corpus, linear, request

Features = Sequence[str]


@dataclass(frozen=True, slots=True)
class Example:
    """A labelled text."""

    text: str
    language: str
    label: bool


@dataclass(frozen=True, slots=True)
class Task:
    """What one model is trained on and how its texts are taken apart."""

    name: str
    pieces: Callable[[str, str | None], list[set[str]]]
    examples: Callable[[], list[Example]]


def request_examples() -> list[Example]:
    """Our own messages and the licensed rows for `detect_request`."""
    return own_examples("request", draws=DRAWS) + _licensed("handoff")


def cannot_examples() -> list[Example]:
    """Our own drafts and the licensed rows for `detect_cannot`."""
    return own_examples("cannot", draws=DRAWS) + _licensed("cannot")


TASKS = {
    "request": Task("request", request.pieces, request_examples),
    "cannot": Task("cannot", cannot.pieces, cannot_examples),
}
# How many times the templates are drawn, each with its own seed.
DRAWS = 6
# Inverse regularisation: the best of 0.1, 0.3 and 1 on templates left out of training.
_STRENGTH = 1.0
_LEAST_SEEN = 2
_LEAST_WEIGHT = 4
_ROUNDS = 3
# What reads the weights, or has nothing to do with them.
_NOT_IN_WEIGHTS = frozenset(
    ["__init__.py", "dialogue.py", "linear.py", "request.py", "verdict.py", "cannot.py"]
)


def fit(task: Task, examples: Iterable[Example]) -> linear.Model:
    """Train on texts labelled as a whole: in a positive text only its likeliest piece is taken for the reason.

    The pieces with a frame in them start, then the model of each round picks for the next.
    """
    import numpy as np
    from scipy.sparse import csr_matrix
    from sklearn.linear_model import LogisticRegression

    pieces: list[Features] = []
    owner: list[int] = []
    label: list[bool] = []
    for number, example in enumerate(examples):
        for piece in task.pieces(example.text, example.language):
            pieces.append(sorted(piece))
            owner.append(number)
            label.append(example.label)
    counts = Counter(feature for piece in pieces for feature in piece)
    names = sorted(feature for feature, count in counts.items() if count >= _LEAST_SEEN)
    column = {feature: n for n, feature in enumerate(names)}
    columns = [[column[feature] for feature in piece if feature in column] for piece in pieces]
    pointer = np.cumsum([0, *map(len, columns)])
    flat = [n for row in columns for n in row]
    matrix = csr_matrix((np.ones(len(flat)), flat, pointer), shape=(len(pieces), len(names)))
    y = np.array(label)
    alone = Counter(owner)
    kept = np.array([not y[n] or alone[owner[n]] == 1 or _has_frame(piece) for n, piece in enumerate(pieces)])
    for _ in range(_ROUNDS):
        model = LogisticRegression(C=_STRENGTH, solver="liblinear", max_iter=500, random_state=0)
        model.fit(matrix[kept], y[kept])
        scores = matrix @ model.coef_[0]
        best: dict[int, int] = {}
        for n, number in enumerate(owner):
            if number not in best or scores[n] > scores[best[number]]:
                best[number] = n
        kept = np.array([not y[n] or best[number] == n for n, number in enumerate(owner)])
    weights = {name: round(value * linear.SCALE) for name, value in zip(names, model.coef_[0], strict=True)}
    weights = {name: value for name, value in weights.items() if abs(value) >= _LEAST_WEIGHT}
    return linear.Model({"": round(model.intercept_[0] * linear.SCALE), **weights})


def save(model: linear.Model, path: Path) -> None:
    """Write the weights, sorted, so that a rebuild can be compared line by line."""
    rows = [f"{name}\t{value}" for name, value in sorted(model.weights.items())]
    path.parent.mkdir(exist_ok=True)
    head = f"# built by python -m llm.handoff.train from {fingerprint()}"
    path.write_text("\n".join([head, *rows]) + "\n", "utf-8")


def fingerprint() -> str:
    """A hash of everything that the weights depend on: the words, the frames, the features and the texts."""
    folder = Path(__file__).parent
    digest = hashlib.sha256()
    for path in sorted([*folder.glob("*.py"), *folder.glob("data/*")]):
        if path.name not in _NOT_IN_WEIGHTS:
            digest.update(path.name.encode() + path.read_bytes())
    return digest.hexdigest()[:16]


def _has_frame(piece: Features) -> bool:
    return "f!" in piece or "f&v" in piece


def own_examples(task: str, *, draws: int) -> list[Example]:
    """Messages of our own templates, and copies of them as they also arrive."""
    examples: list[Example] = []
    for language in ("ru", "en"):
        texts: dict[bool, list[str]] = {}
        for answer in ("yes", "no"):
            distinct: dict[str, None] = {}
            for seed in range(draws):
                distinct.update(dict.fromkeys(corpus.draw(f"{task}_{language}_{answer}", seed=seed)))
            texts[answer == "yes"] = list(distinct)
        if task == "request":
            texts[False] += corpus.lines(f"stories_{language}")
            for label, copies in _as_they_arrive(texts, language):
                examples += [Example(text, language, label) for text in copies]
        for label, originals in texts.items():
            examples += [Example(text, language, label) for text in originals]
    return examples


def _as_they_arrive(texts: dict[bool, list[str]], language: str) -> list[tuple[bool, list[str]]]:
    rng = random.Random(f"copies:{language}")
    copies = []
    for label, originals in texts.items():
        some = [text for text in originals if len(text) < 120]
        changed = [augment.mistype(text, language, rng) for text in rng.sample(some, len(some) // 6)]
        for text in rng.sample(some, len(some) // 6):
            story = rng.choice(texts[False])
            changed.append(augment.dictate(*((story, text) if rng.random() < 0.6 else (text, story))))
        for text in rng.sample(some, len(some) // 12):
            changed.append(f"{rng.choice(texts[False])}. {text}")
        if language == "ru":
            changed += [augment.in_latin(text) for text in rng.sample(some, len(some) // 30)]
            changed += [augment.in_wrong_layout(text) for text in rng.sample(some, len(some) // 40)]
        copies.append((label, changed))
    return copies


def _licensed(task: str) -> list[Example]:
    return [
        Example(row["text"], row["lang"], bool(row["label"]))
        for row in corpus.licensed()
        if row["task"] == task
    ]


def main(names: Sequence[str]) -> None:
    """Build the weights of the named tasks, of all when none is named."""
    for name in names or TASKS:
        task = TASKS[name]
        examples = task.examples()
        model = fit(task, examples)
        save(model, linear.WEIGHTS / f"{name}.tsv")
        print(f"{name}: {len(examples)} texts, {len(model.weights)} weights")


if __name__ == "__main__":
    main(sys.argv[1:])
