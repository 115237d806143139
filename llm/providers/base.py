"""The one interface every provider of language models speaks."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Protocol


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What a provider can do; the desk works without any of them."""

    tools: bool = True
    usage: bool = True
    streaming: bool = True


@dataclass(frozen=True, slots=True)
class Tool:
    """A function the model may call; `parameters` is a JSON schema."""

    name: str
    description: str
    parameters: dict[str, Any]


@dataclass(frozen=True, slots=True)
class TextDelta:
    """The next piece of the answer."""

    text: str


@dataclass(frozen=True, slots=True)
class ToolCall:
    """The model called a tool."""

    name: str
    arguments: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Usage:
    """Tokens of one call, as the provider counted them."""

    prompt_tokens: int = 0
    completion_tokens: int = 0


@dataclass(frozen=True, slots=True)
class Finished:
    """The last event of a complete answer: why it ended, what it used."""

    reason: str = "stop"  # "stop" | "length"
    usage: Usage | None = None
    model: str = ""
    sources: list[dict] = field(default_factory=list)


Event = TextDelta | ToolCall | Finished


class ProviderError(Exception):
    """A call that brought no answer.

    `kind` is one word for the log; `permanent` says that asking again brings the same; `retry_after` is in seconds;
    `blames_provider` is False for what only this one question caused, so that it does not count against the provider.
    """

    def __init__(
        self,
        message: str,
        *,
        kind: str,
        permanent: bool = False,
        retry_after: float | None = None,
        blames_provider: bool = True,
    ) -> None:
        super().__init__(message)
        self.kind = kind
        self.permanent = permanent
        self.retry_after = retry_after
        self.blames_provider = blames_provider


class Provider(Protocol):
    """A vendor: one file, one class."""

    name: str
    model: str
    capabilities: Capabilities

    def stream(self, *, messages: list[dict], tools: list[Tool], deadline: float) -> Iterator[Event]:
        """Yield the answer as it comes, `Finished` last; `deadline` is a time.monotonic(). Raises ProviderError."""
        ...
