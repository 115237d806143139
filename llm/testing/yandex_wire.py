"""Yandex's foundation models, as they look on the wire: JSON lines, the text of each is all of it so far."""

import asyncio
import json

from llm.testing.behaviour import Behaviour

PARTIAL, FINAL = "ALTERNATIVE_STATUS_PARTIAL", "ALTERNATIVE_STATUS_FINAL"


async def send(writer, asked: dict, behaviour: Behaviour) -> bool:
    """Write the answer, whole or streamed; False when the connection was broken on purpose."""
    streamed = asked["completionOptions"].get("stream", False)
    writer.write(b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n")
    if behaviour.fault == "drip":
        while True:
            await _line(writer, b" ")
            await asyncio.sleep(0.05)
    if behaviour.fault == "nonsense":
        await _line(writer, b'{"result": {"alternat\n')
    elif behaviour.fault == "error":
        await _line(
            writer,
            json.dumps({"error": {"grpcCode": 14, "httpCode": 503, "message": "broke"}}).encode() + b"\n",
        )
    else:
        text = "" if behaviour.fault == "empty" else behaviour.text
        broken = behaviour.fault in ("cut", "half")
        if streamed or broken:
            ends = range(behaviour.chunk, len(text), behaviour.chunk)
            for end in list(ends)[: max(1, len(ends) // 2)] if broken else ends:
                await _line(
                    writer, _result(asked, behaviour, {"role": "assistant", "text": text[:end]}, PARTIAL)
                )
                await asyncio.sleep(behaviour.pause)
        if behaviour.fault == "cut":
            return False
        if not broken:
            await _line(writer, _last(asked, behaviour, text))
    writer.write(b"0\r\n\r\n")
    await writer.drain()
    return True


def _last(asked: dict, behaviour: Behaviour, text: str) -> bytes:
    if behaviour.tool:
        call = {"functionCall": {"name": "request_human", "arguments": {"reason": behaviour.tool}}}
        message = {"role": "assistant", "toolCallList": {"toolCalls": [call]}}
        return _result(asked, behaviour, message, "ALTERNATIVE_STATUS_TOOL_CALLS")
    status = {"filter": "ALTERNATIVE_STATUS_CONTENT_FILTER", "length": "ALTERNATIVE_STATUS_TRUNCATED_FINAL"}
    return _result(asked, behaviour, {"role": "assistant", "text": text}, status.get(behaviour.fault, FINAL))


def _result(asked: dict, behaviour: Behaviour, message: dict, status: str) -> bytes:
    prompt = sum(len(message.get("text") or "") for message in asked["messages"]) // 4
    answer = len(behaviour.text) // 4 + 1
    result = {
        "alternatives": [{"message": message, "status": status}],
        "usage": {
            "inputTextTokens": str(prompt),
            "completionTokens": str(answer),
            "totalTokens": str(prompt + answer),
        },
        "modelVersion": "09.02.2025",
    }
    return json.dumps({"result": result}, ensure_ascii=False).encode() + b"\n"


async def _line(writer, data: bytes) -> None:
    writer.write(b"%x\r\n%b\r\n" % (len(data), data))
    await writer.drain()
