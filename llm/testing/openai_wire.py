"""OpenAI's chat completions, as they look on the wire."""

import asyncio
import json

from llm.testing.behaviour import Behaviour


async def send(writer, asked: dict, behaviour: Behaviour) -> bool:
    """Write the answer, whole or streamed; False when the connection was broken on purpose."""
    if asked.get("stream"):
        return await _stream(writer, asked, behaviour)
    if behaviour.fault in ("cut", "half"):
        writer.write(
            b'HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 5000\r\n\r\n{"id": "x", '
        )
        await writer.drain()
        return False
    if behaviour.fault == "nonsense":
        body = b'{"choices": [{"mess'
    else:
        body = json.dumps(_whole(asked, behaviour), ensure_ascii=False).encode()
    writer.write(
        b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: %d\r\n\r\n" % len(body) + body
    )
    await writer.drain()
    return True


def _whole(asked: dict, behaviour: Behaviour) -> dict:
    message: dict = {
        "role": "assistant",
        "content": "" if behaviour.fault == "empty" else behaviour.text or None,
    }
    if behaviour.tool:
        message["tool_calls"] = [_call(behaviour.tool)]
    answer = {
        "id": "fake",
        "object": "chat.completion",
        "created": 0,
        "model": asked["model"],
        "choices": [{"index": 0, "message": message, "finish_reason": _reason(behaviour)}],
    }
    return answer | ({"usage": _usage(asked, behaviour)} if behaviour.usage else {})


async def _stream(writer, asked: dict, behaviour: Behaviour) -> bool:
    writer.write(b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n")
    if behaviour.fault == "drip":
        while True:
            await _event(writer, b": still thinking\n\n")
            await asyncio.sleep(0.05)
    if behaviour.fault == "nonsense":
        await _event(writer, b'data: {"choices": [{"delta\n\n')
    elif behaviour.fault == "error":
        await _event(writer, _line({"error": {"message": "upstream broke", "code": 502}}))
    else:
        await _chunk(writer, asked, {"role": "assistant", "content": ""})
        pieces = [] if behaviour.fault == "empty" else behaviour.pieces()
        broken = behaviour.fault in ("cut", "half")
        for piece in pieces[: max(1, len(pieces) // 2)] if broken else pieces:
            await _chunk(writer, asked, {"content": piece})
            await asyncio.sleep(behaviour.pause)
        if behaviour.fault == "cut":
            return False
        if not broken:
            await _end(writer, asked, behaviour)
    writer.write(b"0\r\n\r\n")
    await writer.drain()
    return True


async def _end(writer, asked: dict, behaviour: Behaviour) -> None:
    if behaviour.tool:
        call = _call(behaviour.tool)
        arguments = call["function"]["arguments"]
        first = {**call, "index": 0, "function": {"name": call["function"]["name"], "arguments": ""}}
        await _chunk(writer, asked, {"tool_calls": [first]})
        for part in (arguments[:7], arguments[7:]):
            await _chunk(writer, asked, {"tool_calls": [{"index": 0, "function": {"arguments": part}}]})
    await _chunk(writer, asked, {}, reason=_reason(behaviour))
    if behaviour.usage and (asked.get("stream_options") or {}).get("include_usage"):
        await _event(writer, _line({**_head(asked), "choices": [], "usage": _usage(asked, behaviour)}))
    await _event(writer, b"data: [DONE]\n\n")


async def _chunk(writer, asked: dict, delta: dict, *, reason: str | None = None) -> None:
    choice = {"index": 0, "delta": delta, "finish_reason": reason}
    await _event(writer, _line({**_head(asked), "choices": [choice]}))


async def _event(writer, data: bytes) -> None:
    writer.write(b"%x\r\n%b\r\n" % (len(data), data))
    await writer.drain()


def _line(value: dict) -> bytes:
    return f"data: {json.dumps(value, ensure_ascii=False)}\n\n".encode()


def _head(asked: dict) -> dict:
    return {"id": "fake", "object": "chat.completion.chunk", "created": 0, "model": asked["model"]}


def _call(reason: str) -> dict:
    arguments = json.dumps({"reason": reason}, ensure_ascii=False)
    return {"id": "call_1", "type": "function", "function": {"name": "request_human", "arguments": arguments}}


def _reason(behaviour: Behaviour) -> str:
    return {"filter": "content_filter", "length": "length"}.get(
        behaviour.fault, "tool_calls" if behaviour.tool else "stop"
    )


def _usage(asked: dict, behaviour: Behaviour) -> dict:
    prompt = sum(len(str(message.get("content"))) for message in asked["messages"]) // 4
    answer = len(behaviour.text) // 4 + 1
    return {"prompt_tokens": prompt, "completion_tokens": answer, "total_tokens": prompt + answer}
