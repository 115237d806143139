"""The ASGI application: Bot API, control API and the page, behind the checks that keep other web pages out."""

from contextlib import asynccontextmanager
from pathlib import Path
from urllib.parse import urlsplit

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, PlainTextResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from .bot_api.endpoint import bot_endpoint, file_endpoint
from .bot_api.updates import Poller
from .control import control_routes
from .errors import ControlError
from .options import Options, is_loopback
from .world import World

STATIC = Path(__file__).parent / "static"


def build_app(options: Options):
    """The application for one set of options; its World lives as long as it runs."""

    @asynccontextmanager
    async def lifespan(app: Starlette):
        app.state.world = World(options)
        app.state.world.poller = Poller(app.state.world)
        await app.state.world.start()
        yield
        await app.state.world.stop()

    app = Starlette(
        lifespan=lifespan,
        routes=[
            Route("/", page),
            Route("/healthz", lambda request: PlainTextResponse("ok")),
            Route("/telegram-web-app.js", lambda request: FileResponse(STATIC / "telegram-web-app.js")),
            Route("/bot{token}/{method}", bot_endpoint, methods=["GET", "POST"]),
            Route("/file/bot{token}/{path:path}", file_endpoint),
            control_routes(),
            Mount("/static", StaticFiles(directory=STATIC)),
        ],
        exception_handlers={ControlError: _control_error},
    )
    app.state.options = options
    return _Door(app, options)


async def page(request: Request) -> Response:
    """The phones."""
    return FileResponse(
        STATIC / "index.html", headers={"Content-Security-Policy": _policy(request.app.state.options)}
    )


def _policy(options: Options) -> str:
    parts = urlsplit(options.web_url)
    frames = f"{parts.scheme}://{parts.netloc} http://127.0.0.1:* http://localhost:* https:"
    return (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
        f"frame-src {frames}; base-uri 'none'; form-action 'none'; frame-ancestors 'self'"
    )


async def _control_error(request: Request, error: ControlError) -> Response:
    return JSONResponse({"error": error.message, "code": error.code}, status_code=error.status)


class _Door:
    """Outermost: lets in only who calls this machine by a name of this machine, and no page of another origin."""

    def __init__(self, app, options: Options):
        self.app = app
        self.options = options

    def end_waits(self) -> None:
        """Answer long polls and end streams, so that stopping does not wait for them."""
        world = getattr(self.app.state, "world", None)
        if world:
            world.events.end()
            world.poller.end()

    async def __call__(self, scope, receive, send) -> None:
        if scope["type"] == "http":
            # For answers that must not come (see bot_api.endpoint.Vanished): uvicorn's connection.
            scope["sandbox.transport"] = getattr(getattr(send, "__self__", None), "transport", None)
            headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
            refused = self._refusal(headers)
            if refused:
                await PlainTextResponse(refused, status_code=403)(scope, receive, send)
                return
        await self.app(scope, receive, send)

    def _refusal(self, headers: dict[str, str]) -> str:
        host = headers.get("host", "")
        try:
            name = urlsplit(f"//{host}").hostname or ""
        except ValueError:
            name = ""
        # A name that somebody else's DNS points at this machine would make a foreign page "same origin".
        if not self.options.allow_remote and not is_loopback(name):
            return "The sandbox answers to loopback names only."
        origin = headers.get("origin", "")
        if origin and urlsplit(origin).netloc != host:
            return "The sandbox takes no requests from pages of another origin."
        return ""
