"""What the fake server is told to do with a request."""

from dataclasses import asdict, dataclass, fields, replace

FAULTS = (
    "ok",  # the answer
    "status",  # `status` with `headers` and `body`
    "refuse",  # close the connection before any answer
    "hang",  # accept, and say nothing
    "drip",  # keep-alive comments for ever
    "cut",  # half of the answer, then a broken connection
    "half",  # half of the answer, then a tidy end without a finish reason
    "nonsense",  # 200 with bytes that are not JSON
    "html",  # 200 with a page, as a captive proxy does
    "empty",  # no text at all
    "filter",  # the content filter
    "length",  # out of tokens
    "error",  # an error event inside the stream
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Behaviour:
    """One answer of the fake: `Behaviour()` is a plain one, `Behaviour(fault="hang")` never answers."""

    fault: str = "ok"
    text: str = ""  # empty: speaks of what was asked
    tool: str = ""  # the reason of a request_human call
    status: int = 500
    headers: dict[str, str] | None = None
    body: str = '{"error": {"message": "told to fail", "type": "server_error", "code": null}}'
    latency: float = 0.0  # seconds before the first byte
    pause: float = 0.0  # seconds between chunks
    chunk: int = 12  # characters in one
    usage: bool = True

    def __post_init__(self) -> None:
        if self.fault not in FAULTS:
            raise ValueError(f"unknown fault {self.fault!r}, known: {', '.join(FAULTS)}")

    @classmethod
    def from_json(cls, value: dict) -> "Behaviour":
        """Read a behaviour from the control endpoint. Raises ValueError."""
        unknown = set(value) - {field.name for field in fields(cls)}
        if unknown:
            raise ValueError(f"unknown: {', '.join(sorted(unknown))}")
        return cls(**value)

    def pieces(self) -> list[str]:
        """The text, cut into chunks."""
        return [self.text[i : i + self.chunk] for i in range(0, len(self.text), self.chunk)]

    def speaking(self, text: str) -> "Behaviour":
        return replace(self, text=text)

    def to_json(self) -> dict:
        return asdict(self)


def invent(behaviour: Behaviour, messages: list[dict], has_tools: bool) -> Behaviour:
    """Fill in what to say when it was not told: call a human when asked for one, else speak of the question."""
    if behaviour.text or behaviour.tool or behaviour.fault in ("status", "empty"):
        return behaviour
    said = [_plain(message) for message in messages if message.get("role") == "user"]
    question = said[-1] if said else ""
    lowered = question.lower()
    if any(word in lowered for word in ("оператор", "человек", "operator", "human")):
        if has_tools:
            return replace(behaviour, tool="the visitor asks for a person")
        return replace(behaviour, text="Я бот и не могу с этим помочь.")
    russian = any("а" <= letter <= "я" for letter in lowered)
    return replace(
        behaviour, text=(f"Вы спросили: {question}" if russian else f"You asked: {question}")[:2000]
    )


def _plain(message: dict) -> str:
    return str(message.get("content") or message.get("text") or "")
