"""What the schema cannot find by itself: the stream, which another process serves, and what may go wrong."""

from django.conf import settings

_TOKEN = [{"chatToken": []}]
_STREAM = {
    "operationId": "chat_stream",
    "summary": "Read what is new as it happens (server-sent events)",
    "description": (
        "Served by the realtime process: at `stream_url` of `/api/v1/chat/config`. Events: `message` (its `id` is the "
        "seq; the same JSON as in a poll), `delta` (`{text}`: a piece of the answer that is being written), `retract` "
        "(the pieces so far are taken back), `state` (`{state, operator, queue_position}`), `typing` (`{author}`). "
        "Lines that start with a colon are heartbeats. A reader that comes back sends `Last-Event-ID`."
    ),
    "tags": ["widget"],
    "security": _TOKEN,
    "parameters": [
        {
            "name": "after",
            "in": "query",
            "description": "The last seq that the client has",
            "schema": {"type": "integer", "minimum": 0, "default": 0},
        },
        {
            "name": "Last-Event-ID",
            "in": "header",
            "description": "The id of the last event; wins over `after`",
            "schema": {"type": "integer"},
        },
    ],
    "responses": {
        "200": {
            "description": "Events until the client goes",
            "content": {
                "text/event-stream": {
                    "schema": {"type": "string"},
                    "example": (
                        'id: 2\nevent: message\ndata: {"seq": 2, "author": "bot", "text": "300 ₽", '
                        '"created_at": "2026-01-31T12:00:03+00:00", "operator": null}\n\n'
                    ),
                }
            },
        },
    },
}
_ERROR = {
    "type": "object",
    "properties": {
        "type": {"type": "string", "enum": ["validation_error", "client_error", "server_error"]},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {
                    "code": {"type": "string"},
                    "detail": {"type": "string"},
                    "attr": {"type": "string", "nullable": True, "description": "The field or the parameter"},
                },
                "required": ["code", "detail", "attr"],
            },
        },
    },
    "required": ["type", "errors"],
}
_WHY = {
    "400": "What was sent cannot be read, or one of its fields is wrong",
    "401": "The token or the key is missing, unknown or of the wrong form",
    "404": "There is no such page, task or dialogue (of yours)",
    "413": "The body is larger than 64 KB, or the text longer than 4000 characters",
    "415": "The body is not JSON",
    "429": "Too much at once; `Retry-After` says how many seconds to wait",
    "503": "The database is away for a moment; try again",
}


def add_stream(result: dict, generator, request, public) -> dict:
    """drf-spectacular's hook: puts the stream beside the other paths of the widget."""
    result["paths"]["/api/v1/chat/stream"] = {"get": _STREAM}
    return result


def document_errors(result: dict, generator, request, public) -> dict:
    """drf-spectacular's hook: adds to each endpoint the errors that its kind of request can meet."""
    result["components"].setdefault("schemas", {})["Error"] = _ERROR
    error = {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/Error"}}}}
    for path, operations in result["paths"].items():
        for method, operation in operations.items():
            for status in _statuses(path, method, operation):
                operation["responses"].setdefault(status, {"description": _WHY[status]} | error)
            if operation.get("security") == [{"apiKey": []}] and settings.API_ANONYMOUS:
                operation["security"].append({})
    return result


def _statuses(path: str, method: str, operation: dict) -> list[str]:
    parameters = operation.get("parameters", [])
    found = {
        "400": "requestBody" in operation or any(each["in"] != "path" for each in parameters),
        "401": "security" in operation,
        "404": "{" in path or any(each["name"] in {"page", "conversation_id"} for each in parameters),
        "413": "requestBody" in operation,
        "415": "requestBody" in operation,
        "429": "security" in operation and (method == "post" or path == "/api/v1/chat/stream"),
        "503": True,
    }
    return [status for status, may_be in found.items() if may_be]
