"""Asks a provider one question: one retry where it can help, all inside one deadline."""

import time
from dataclasses import dataclass, field

from llm.brake import AdmitsDefeat, Brake
from llm.breaker import breaker_of
from llm.cleaning import trim_truncated
from llm.connections import give_back_connections
from llm.models import LLMCall
from llm.providers.base import Finished, Provider, ProviderError, TextDelta, Tool, ToolCall, Usage
from llm.usage import estimate_usage, record_call

PAUSE_SECONDS = 0.3  # before the retry, when the provider names no time
LONGEST_PAUSE_SECONDS = 10
LEAST_SECONDS = 2  # a retry with less time left is not begun


@dataclass(frozen=True, slots=True)
class Asker:
    """Who asks, for the log and the budgets."""

    purpose: str
    conversation_id: int | None = None
    contact_id: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """What came back: a text, or a call of a tool with the text before it."""

    text: str
    tool: ToolCall | None = None
    sources: list[dict] = field(default_factory=list)
    model: str = ""


def ask(
    *,
    provider: Provider,
    messages: list[dict],
    tools: list[Tool],
    deadline: float,
    brake: Brake,
    asker: Asker,
) -> Draft:
    """Return the provider's draft, shown through the brake as it comes.

    Raises ProviderError when two tries (or one that no retry would help) failed, AdmitsDefeat from the brake; in both
    cases what was shown has been retracted.
    """
    breaker = breaker_of(provider)
    for last in (False, True):
        try:
            draft = _try_once(provider, messages, tools, deadline, brake, asker)
        except ProviderError as error:
            brake.restart()
            if error.blames_provider:
                breaker.failed(f"{error.kind}: {error}", at_once=error.kind == "auth")
            pause = PAUSE_SECONDS if error.retry_after is None else error.retry_after
            time_left = deadline - time.monotonic() - pause
            if last or error.permanent or pause > LONGEST_PAUSE_SECONDS or time_left < LEAST_SECONDS:
                raise
            time.sleep(pause)
        except AdmitsDefeat:
            breaker.succeeded()
            raise
        else:
            breaker.succeeded()
            return draft
    raise AssertionError("the second try returns or raises")


def _try_once(
    provider: Provider, messages: list[dict], tools: list[Tool], deadline: float, brake: Brake, asker: Asker
) -> Draft:
    started = time.monotonic()
    events = provider.stream(messages=messages, tools=tools, deadline=deadline)
    call = _Call()
    outcome, error = LLMCall.Outcome.STOPPED, ""
    try:
        draft = _read(events, {tool.name for tool in tools}, brake, call)
        outcome = LLMCall.Outcome.HANDOFF if draft.tool else LLMCall.Outcome.ANSWER
        return draft
    except ProviderError as failure:
        outcome, error = LLMCall.Outcome.FAILED, f"{failure.kind}: {failure}"
        raise
    except AdmitsDefeat:
        outcome = LLMCall.Outcome.HANDOFF
        raise
    finally:
        events.close()
        if provider.name != "offline":
            usage = call.usage or (estimate_usage(messages, call.text) if call.text else Usage())
            record_call(
                provider=provider.name,
                model=call.model or provider.model,
                purpose=asker.purpose,
                conversation_id=asker.conversation_id,
                contact_id=asker.contact_id,
                usage=usage,
                estimated=call.usage is None and bool(call.text),
                seconds=time.monotonic() - started,
                outcome=outcome,
                error=error,
            )
        give_back_connections()


@dataclass(slots=True)
class _Call:
    """What is known of a call so far, also when it breaks off."""

    text: str = ""
    usage: Usage | None = None
    model: str = ""


def _read(events, known_tools: set[str], brake: Brake, call: _Call) -> Draft:
    tool, finished = None, None
    for event in events:
        match event:
            case TextDelta(text=text):
                call.text += text
                brake.feed(text)
            case ToolCall(name=name) if name in known_tools:
                tool = tool or event
            case Finished():
                finished = event
                call.usage, call.model = event.usage, event.model
    if finished is None and tool is None:
        raise ProviderError("the stream ended in the middle", kind="cut")
    if tool is not None:
        draft = brake.draft
        brake.restart()
        return Draft(text=draft, tool=tool, model=call.model)
    text = brake.finish()
    if finished.reason == "length":
        text = trim_truncated(text)
    if not text:
        raise ProviderError(f"an empty answer ({finished.reason})", kind="empty")
    return Draft(text=text, sources=finished.sources, model=call.model)
