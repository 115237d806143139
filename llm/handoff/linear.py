"""A logistic model whose weights are a text file: `feature<TAB>hundredths`, made by `python -m llm.handoff.train`."""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import repeat
from pathlib import Path

WEIGHTS = Path(__file__).parent / "weights"
SCALE = 100
# No text is surer than this, in log-odds.
CERTAIN = 30.0


@dataclass(frozen=True, slots=True)
class Model:
    """Weights in hundredths, the bias among them under the empty name, and the decision thresholds."""

    weights: dict[str, int]

    def score(self, features: Iterable[str]) -> float:
        """Log-odds that a piece of text with these features is a hit."""
        return sum(map(self.weights.get, features, repeat(0)), self.weights[""]) / SCALE


def load(task: str) -> Model:
    """The shipped weights of a task; raises FileNotFoundError when they were never built."""
    return read(WEIGHTS / f"{task}.tsv")


def fingerprint(task: str) -> str:
    """What the shipped weights of a task say that they were built from."""
    with (WEIGHTS / f"{task}.tsv").open(encoding="utf-8") as lines:
        return lines.readline().rpartition(" ")[2].strip()


def read(path: Path) -> Model:
    """Weights from a file."""
    weights: dict[str, int] = {}
    for line in path.read_text("utf-8").splitlines():
        if not line.startswith("#"):
            feature, _, value = line.rpartition("\t")
            weights[feature] = int(value)
    return Model(weights)


def probability(log_odds: float) -> float:
    """Log-odds as a number between 0 and 1."""
    return 1 / (1 + math.exp(-max(-CERTAIN, min(CERTAIN, log_odds))))
