"""What the schema cannot find by itself: the stream is served by the realtime process, not by Django's views."""

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
        "400": {"description": "`after` or `Last-Event-ID` is no whole number"},
        "401": {"description": "The token is missing or not of the form A-Z, a-z, 0-9, _ and -"},
        "429": {"description": "Too many open streams from one address"},
    },
}


def add_stream(result: dict, generator, request, public) -> dict:
    """drf-spectacular's hook: puts the stream beside the other paths of the widget."""
    result["paths"]["/api/v1/chat/stream"] = {"get": _STREAM}
    return result
