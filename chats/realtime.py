"""The realtime process: the event stream of the widget."""


async def application(scope, receive, send) -> None:
    """Answers /healthz; the stream comes with its own change."""
    if scope["type"] != "http":
        return
    status = 200 if scope["path"].rstrip("/") == "/healthz" else 404
    await send(
        {"type": "http.response.start", "status": status, "headers": [(b"content-type", b"text/plain")]}
    )
    await send({"type": "http.response.body", "body": b"ok" if status == 200 else b"not found"})
