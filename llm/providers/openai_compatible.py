"""OpenAI and everything that speaks its chat completions: OpenRouter, vLLM, Ollama, Yandex's compatible endpoint.

The SDK retries nothing here (`max_retries=0`): retries are made in one place, `llm.asking`.
"""

import json
import time
from collections.abc import Iterator
from urllib.parse import urlsplit

import httpx2
import openai
from django.conf import settings

from llm.providers.base import Capabilities, Event, Finished, ProviderError, TextDelta, Tool, ToolCall, Usage
from llm.providers.http_errors import connection_error, error_of_status, timeout_error
from llm.providers.sse import read_events
from llm.providers.watchdog import watchdog

CONNECT_SECONDS = 5.0
RELEARN_SECONDS = 600  # how long a server that refused tools or usage is not asked for them again
CONNECTIONS = httpx2.Limits(max_connections=2000, max_keepalive_connections=200)


class OpenAICompatibleProvider:
    """One model at one address. Shared by all threads of a process; `able` is what the settings say it can do."""

    name = "openai"

    def __init__(self, *, key: str, base_url: str, model: str, able: frozenset[str]) -> None:
        self.model = model
        self.address = urlsplit(base_url).netloc or "api.openai.com"
        self._able = able
        self._refused: dict[
            str, float
        ] = {}  # what the server has said it cannot do, and until when we believe it
        self._client = openai.OpenAI(
            api_key=key or "none",  # local servers want none, the SDK wants some
            base_url=base_url or None,
            max_retries=0,
            http_client=openai.DefaultHttpxClient(limits=CONNECTIONS),
        )

    @property
    def capabilities(self) -> Capabilities:
        """What the settings allow, less what the server refused of late."""
        now = time.monotonic()
        can = {what for what in self._able if self._refused.get(what, 0) <= now}
        return Capabilities(tools="tools" in can, usage="usage" in can, streaming="streaming" in can)

    def stream(self, *, messages: list[dict], tools: list[Tool], deadline: float) -> Iterator[Event]:
        """Yield the answer as it comes. Raises ProviderError."""
        try:
            yield from self._completion(messages, tools, deadline)
        except (openai.APITimeoutError, httpx2.TimeoutException) as error:
            raise timeout_error(error) from error
        except (openai.APIConnectionError, httpx2.RequestError) as error:
            raise connection_error(error, deadline) from error
        except openai.APIStatusError as error:
            raise error_of_status(error.status_code, _body_of(error), error.response.headers) from error
        except (openai.APIResponseValidationError, json.JSONDecodeError, UnicodeDecodeError) as error:
            raise ProviderError(f"not the JSON of a completion: {error}", kind="nonsense") from error
        except (AttributeError, TypeError, KeyError, IndexError, ValueError) as error:
            raise ProviderError(f"not the shape of a completion: {error!r}", kind="nonsense") from error

    def _completion(self, messages: list[dict], tools: list[Tool], deadline: float) -> Iterator[Event]:
        for _ in range(3):  # at most: without tools, then without usage
            can = self.capabilities
            try:
                with self._send(messages, tools if can.tools else [], can, deadline) as response:
                    yield from self._events(response, can, deadline)
                return
            except openai.APIStatusError as error:
                if not self._learn(error, can, bool(tools)):
                    raise
        raise ProviderError("the server refused every form of the request", kind="request", permanent=True)

    def _send(self, messages: list[dict], tools: list[Tool], can: Capabilities, deadline: float):
        # Both are as the API wants them, and go in unread: the SDK would look at every word of them for what to rename.
        body: dict = {"messages": messages}
        if tools:
            body["tools"] = [
                {
                    "type": "function",
                    "function": {
                        "name": tool.name,
                        "description": tool.description,
                        "parameters": tool.parameters,
                    },
                }
                for tool in tools
            ]
        extras: dict = {}
        if can.streaming:
            extras["stream"] = True
            if can.usage:
                extras["stream_options"] = {"include_usage": True}
        # OpenAI's newer models refuse max_tokens, other servers do not know its new name.
        limit = "max_completion_tokens" if self.address == "api.openai.com" else "max_tokens"
        extras[limit] = settings.LLM_MAX_ANSWER_TOKENS
        left = deadline - time.monotonic()
        if left <= 0:
            raise ProviderError("no time left", kind="timeout", blames_provider=False)
        silence = min(left, settings.LLM_STALL_SECONDS) if can.streaming else left
        return self._client.chat.completions.with_streaming_response.create(
            model=self.model,
            messages=[],
            extra_body=body,
            timeout=httpx2.Timeout(silence, connect=min(left, CONNECT_SECONDS)),
            **extras,
        )

    def _events(self, response, can: Capabilities, deadline: float) -> Iterator[Event]:
        with watchdog.watch(response.http_response, deadline):
            if not can.streaming:
                yield from _whole(response.parse())
                return
            reader = _StreamReader()
            for data in read_events(response.iter_bytes()):
                if time.monotonic() >= deadline:
                    raise timeout_error(deadline)
                if data.startswith(b"[DONE]"):
                    break
                yield from reader.read(json.loads(data))
            yield from reader.end()

    def _learn(self, error: openai.APIStatusError, can: Capabilities, wanted_tools: bool) -> bool:
        """Note what the server says it cannot do; True when the request is worth sending without it."""
        said = _body_of(error).lower()
        if error.status_code not in (400, 404, 422, 501):
            return False
        refused = "tools" if wanted_tools and can.tools and "tool" in said else ""
        refused = refused or ("usage" if can.usage and "stream_options" in said else "")
        if refused:
            self._refused[refused] = time.monotonic() + RELEARN_SECONDS
        return bool(refused)


class _StreamReader:
    """Puts a stream of chunks together: text at once, a tool call when its arguments are whole."""

    def __init__(self) -> None:
        self._calls: dict[int, list[str]] = {}
        self._reason = ""
        self._usage: Usage | None = None
        self._model = ""

    def read(self, chunk: dict) -> Iterator[Event]:
        if chunk.get("error"):
            raise _error_in_stream(chunk["error"])
        self._model = chunk.get("model") or self._model
        if usage := chunk.get("usage"):
            self._usage = Usage(usage.get("prompt_tokens") or 0, usage.get("completion_tokens") or 0)
        for choice in (chunk.get("choices") or [])[:1]:
            delta = choice.get("delta") or {}
            if delta.get("content"):
                yield TextDelta(delta["content"])
            for call in delta.get("tool_calls") or []:
                parts, function = (
                    self._calls.setdefault(call.get("index") or 0, ["", ""]),
                    call.get("function") or {},
                )
                parts[0] = parts[0] or function.get("name") or ""
                parts[1] += function.get("arguments") or ""
            self._reason = choice.get("finish_reason") or self._reason

    def end(self) -> Iterator[Event]:
        """Yield what is known at the end; nothing of an end that the server did not announce."""
        if not self._reason:
            return
        yield from _ending(self._reason, self._calls.values(), self._usage, self._model)


def _whole(completion) -> Iterator[Event]:
    """The events of an answer that came in one piece."""
    choice = completion.choices[0]
    if choice.message.content:
        yield TextDelta(choice.message.content)
    calls = [(call.function.name, call.function.arguments) for call in choice.message.tool_calls or []]
    yield from _ending(
        choice.finish_reason or "stop", calls, _usage(completion.usage), completion.model or ""
    )


def _ending(reason: str, calls, usage: Usage | None, model: str) -> Iterator[Event]:
    if reason == "content_filter":
        raise ProviderError(
            "the content filter stopped it", kind="content_filter", permanent=True, blames_provider=False
        )
    if reason == "error":
        raise ProviderError("the provider reported an error", kind="server")
    for name, arguments in calls:
        yield ToolCall(name, _arguments(arguments))
    yield Finished("length" if reason == "length" else "stop", usage, model)


def _arguments(text: str) -> dict:
    """A call with broken arguments is still a call."""
    try:
        arguments = json.loads(text or "{}")
    except ValueError:
        return {}
    return arguments if isinstance(arguments, dict) else {}


def _usage(counted) -> Usage | None:
    return Usage(counted.prompt_tokens or 0, counted.completion_tokens or 0) if counted else None


def _body_of(error: openai.APIStatusError) -> str:
    return (
        error.body if isinstance(error.body, str) else json.dumps(error.body, ensure_ascii=False, default=str)
    )


def _error_in_stream(error: dict | str) -> ProviderError:
    said, code = (
        (error.get("message"), str(error.get("code") or "")) if isinstance(error, dict) else (error, "")
    )
    if code.isdigit() and int(code) >= 400:
        return error_of_status(int(code), str(said), {})
    return ProviderError(f"error in the stream: {str(said)[:200]}", kind="server")
