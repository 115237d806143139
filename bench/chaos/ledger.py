"""What the visitors, the operators and the faults know of a run: the other side of the desk's books."""

from collections import Counter
from dataclasses import dataclass, field


@dataclass(slots=True)
class Said:
    """Something that the desk (or Telegram, on its way to the desk) has accepted."""

    channel: str  # "web" or "telegram"
    who: str  # the token, or the id of the person
    text: str
    seq: int | None = None  # as the widget was told


@dataclass(slots=True)
class OperatorSaid:
    """A text of an operator that Telegram has accepted."""

    person: int
    message_id: int
    text: str


@dataclass(slots=True)
class Recovery:
    """One fault: when, and how long after its end the desk was well again."""

    fault: str
    at: float  # seconds since the beginning
    lasted: float
    #: Seconds until a new message at the widget was answered; None: not within a minute.
    web_after: float | None
    #: The same in Telegram.
    telegram_after: float | None
    settled_after: float | None  # seconds until all that had been accepted before was answered and delivered
    note: str = ""

    @property
    def answered_after(self) -> float | None:
        """Until both doors answered."""
        both = (self.web_after, self.telegram_after)
        return None if None in both else max(both)


@dataclass(slots=True)
class Ledger:
    """Everything that is to be accounted for at the end."""

    said: list[Said] = field(default_factory=list)
    operator_said: list[OperatorSaid] = field(default_factory=list)
    recoveries: list[Recovery] = field(default_factory=list)
    read: dict[str, list[dict]] = field(
        default_factory=dict
    )  # by token: what the visitor's polls have shown, in order
    complaints: list[str] = field(default_factory=list)  # what somebody saw go wrong while it ran
    not_done: list[str] = field(default_factory=list)  # faults for which there was no time
    events: Counter = field(default_factory=Counter)  # retries, refusals: not faults, but worth a figure
