"""YandexGPT by its native API: `POST {base}/foundationModels/v1/completion`.

Numbers of tokens are strings there, and a streamed line carries all of the text so far.
"""

import json
import time
from collections.abc import Iterator
from urllib.parse import urlsplit

import httpx
from django.conf import settings

from llm.providers.base import Capabilities, Event, Finished, ProviderError, TextDelta, Tool, ToolCall, Usage
from llm.providers.http_errors import connection_error, error_of_status, timeout_error
from llm.providers.watchdog import watchdog

CONNECT_SECONDS = 5.0
TEMPERATURE = 0.3
CONNECTIONS = httpx.Limits(max_connections=2000, max_keepalive_connections=200)
STATUS = "ALTERNATIVE_STATUS_"


class YandexGPTProvider:
    """One model of one folder. Shared by all threads of a process."""

    name = "yandexgpt"

    def __init__(
        self, *, key: str, folder: str, base_url: str, model: str, capabilities: Capabilities | None = None
    ) -> None:
        self.model = model
        self.capabilities = capabilities or Capabilities()
        self.address = urlsplit(base_url).netloc
        # A full address such as gpt://folder/yandexgpt/rc or that of a tuned model is taken as it is.
        self._model_uri = model if "://" in model else f"gpt://{folder}/{model}"
        self._url = f"{base_url.rstrip('/')}/foundationModels/v1/completion"
        self._client = httpx.Client(
            headers={"authorization": f"Api-Key {key}", "x-folder-id": folder}, limits=CONNECTIONS
        )

    def stream(self, *, messages: list[dict], tools: list[Tool], deadline: float) -> Iterator[Event]:
        """Yield the answer as it comes. Raises ProviderError."""
        left = deadline - time.monotonic()
        if left <= 0:
            raise ProviderError("no time left", kind="timeout", blames_provider=False)
        silence = min(left, settings.LLM_STALL_SECONDS) if self.capabilities.streaming else left
        timeout = httpx.Timeout(silence, connect=min(left, CONNECT_SECONDS))
        body = self._body(messages, tools)
        try:
            with (
                self._client.stream("POST", self._url, json=body, timeout=timeout) as response,
                watchdog.watch(response, deadline),
            ):
                if response.status_code != 200:
                    response.read()
                    raise error_of_status(response.status_code, response.text, response.headers)
                yield from _Reader().read(response, deadline)
        except httpx.TimeoutException as error:
            raise timeout_error(error) from error
        except httpx.HTTPError as error:
            raise connection_error(error, deadline) from error
        except (AttributeError, TypeError, KeyError, IndexError, ValueError) as error:
            raise ProviderError(f"not the shape of a completion: {error!r}", kind="nonsense") from error

    def _body(self, messages: list[dict], tools: list[Tool]) -> dict:
        body: dict = {
            "modelUri": self._model_uri,
            "completionOptions": {
                "stream": self.capabilities.streaming,
                "temperature": TEMPERATURE,
                "maxTokens": str(settings.LLM_MAX_ANSWER_TOKENS),
            },
            "messages": [{"role": message["role"], "text": message["content"]} for message in messages],
        }
        if tools:
            body["tools"] = [
                {
                    "function": {
                        "name": tool.name,
                        "description": tool.description,
                        "parameters": tool.parameters,
                    }
                }
                for tool in tools
            ]
        return body


class _Reader:
    """Turns lines with the whole text so far into the pieces that each adds."""

    def __init__(self) -> None:
        self._text = ""

    def read(self, response: httpx.Response, deadline: float) -> Iterator[Event]:
        for line in response.iter_lines():
            if time.monotonic() >= deadline:
                raise timeout_error(TimeoutError())
            if line.strip():
                yield from self._line(json.loads(line))

    def _line(self, value: dict) -> Iterator[Event]:
        if error := value.get("error"):
            code, said = int(error.get("httpCode") or 500), str(error.get("message", ""))
            raise error_of_status(code if code >= 400 else 500, said, {})
        result = value.get("result", value)
        alternative = result["alternatives"][0]
        status, message = alternative["status"].removeprefix(STATUS), alternative["message"]
        if status == "CONTENT_FILTER":
            raise ProviderError(
                "the content filter stopped it", kind="content_filter", permanent=True, blames_provider=False
            )
        yield from self._added(message.get("text") or "")
        for call in (message.get("toolCallList") or {}).get("toolCalls") or []:
            function = call["functionCall"]
            yield ToolCall(function["name"], _arguments(function.get("arguments")))
        if status != "PARTIAL":
            # modelVersion is a date: the log keeps the name that was asked for.
            yield Finished("length" if status == "TRUNCATED_FINAL" else "stop", _usage(result.get("usage")))

    def _added(self, text: str) -> Iterator[Event]:
        if not text.startswith(self._text):
            raise ProviderError("the text changed under way", kind="rewritten")
        if added := text[len(self._text) :]:
            self._text = text
            yield TextDelta(added)


def _usage(counted: dict | None) -> Usage | None:
    if not counted:
        return None
    return Usage(int(counted.get("inputTextTokens", 0)), int(counted.get("completionTokens", 0)))


def _arguments(value: object) -> dict:
    if isinstance(value, str):  # some models of the gallery send JSON in a string
        try:
            value = json.loads(value)
        except ValueError:
            return {}
    return value if isinstance(value, dict) else {}
