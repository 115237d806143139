"""The paths of the control API."""

from starlette.routing import Mount, Route

from . import chats, people, running


def control_routes() -> Mount:
    """Everything under /sandbox/api."""
    chat = "/chats/{bot}/{person:int}"
    return Mount(
        "/sandbox/api",
        routes=[
            Route("/state", running.state),
            Route("/people", people.people, methods=["GET", "POST"]),
            Route("/people/{person:int}", people.person, methods=["GET", "PATCH", "DELETE"]),
            Route("/bots", running.bots),
            Route("/bots/{bot}", running.bot),
            Route("/bots/{bot}/updates", running.raw_update, methods=["POST"]),
            Route(chat, chats.chat),
            Route(chat + "/callbacks/{callback}", chats.callback),
            Route(chat + "/{verb}", chats.act, methods=["POST"]),
            Route("/events", running.events),
            Route("/stream", running.stream),
            Route("/calls", running.calls),
            Route("/deliveries", running.deliveries),
            Route("/files/{file}", running.file),
            Route("/faults", running.faults, methods=["GET", "POST", "DELETE"]),
            Route("/limits", running.limits, methods=["POST"]),
            Route("/reset", running.reset, methods=["POST"]),
        ],
    )
