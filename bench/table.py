"""One line of the table: a figure beside its floor, measured in the same run."""

from dataclasses import asdict, dataclass, field

HEAD = ["what", "figure", "floor", "ratio", "goal", ""]


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """`figure` and `floor` are in `unit`; `met` is the verdict on `goal`, None where nothing was measured."""

    topic: str  # what `--only` names
    what: str
    figure: float | None
    floor: float | None = None
    floor_is: str = ""
    unit: str = ""
    goal: str
    met: bool | None
    used: float | None = None  # how much of what the goal allows is used up: above 1 the goal is missed
    note: str = ""
    more: dict = field(default_factory=dict)  # further figures, for bench.json

    @property
    def ratio(self) -> float | None:
        """How many times the floor the figure is."""
        return round(self.figure / self.floor, 2) if self.figure is not None and self.floor else None

    @property
    def verdict(self) -> str:
        """In one word."""
        return {True: "met", False: "MISSED", None: "not measured"}[self.met]

    def as_json(self) -> dict:
        """Everything, for programs."""
        return asdict(self) | {"ratio": self.ratio, "verdict": self.verdict}

    def cells(self) -> list[str]:
        """Everything, for people."""
        floor = f"{_number(self.floor)} {self.unit} ({self.floor_is})" if self.floor is not None else "–"
        ratio = "–" if self.ratio is None else f"{self.ratio:.2f}"
        what = f"{self.what} ({self.note})" if self.note else self.what
        figure = "–" if self.figure is None else f"{_number(self.figure)} {self.unit}"
        return [what, figure.strip(), floor, ratio, self.goal, self.verdict]


def as_markdown(rows: list[Row]) -> str:
    """The table."""
    lines = [HEAD, ["---"] * len(HEAD), *(row.cells() for row in rows)]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines) + "\n"


def _number(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"
