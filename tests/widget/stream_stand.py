"""A server of events whose every word is the test's: it cuts, refuses and retracts when told."""

import json
import queue
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from playwright.sync_api import Page, Route

PATH = "/api/v1/chat/stream"
CORS = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Allow-Headers": "chat-token, last-event-id, accept-language",
}
END = object()


class StreamStand:
    """`page` is led to it by `attach`; then `say("delta", {"text": ...})` reaches every open stream."""

    def __init__(self) -> None:
        self.refusing = False
        self.requests: list[tuple[str, dict[str, str]]] = []
        self._open: list[queue.Queue] = []
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._server.daemon_threads = True

    def __enter__(self) -> "StreamStand":
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_) -> None:
        self.cut()
        self._server.shutdown()
        self._server.server_close()

    @property
    def readers(self) -> int:
        """How many streams are open."""
        return len(self._open)

    def attach(self, page: Page) -> None:
        """Makes the desk's configuration name this server, and the page's own polls rare enough to be seen."""

        def answer(route: Route) -> None:
            response = route.fetch()
            config = response.json() | {"stream_url": f"http://127.0.0.1:{self._server.server_port}"}
            route.fulfill(response=response, json=config)

        page.route("**/api/v1/chat/config*", answer)

    def say(self, event: str, data: dict) -> None:
        """Sends one event to all readers."""
        number = f"id: {data['seq']}\n" if "seq" in data else ""
        for reader in self._open:
            reader.put(f"{number}event: {event}\ndata: {json.dumps(data)}\n\n")

    def cut(self) -> None:
        """Ends every open stream."""
        for reader in self._open:
            reader.put(END)


def _handler(stand: StreamStand) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_OPTIONS(self) -> None:
            self._start(204)

        def do_GET(self) -> None:
            stand.requests.append((self.path, dict(self.headers)))
            if stand.refusing or not self.path.startswith(PATH):
                return self._start(503)
            self._start(200, {"Content-Type": "text/event-stream"})
            events: queue.Queue = queue.Queue()
            stand._open.append(events)
            try:
                self._write(": hello\n\n")
                while (event := events.get()) is not END:
                    self._write(event)
            except OSError:
                pass  # the reader has gone
            finally:
                stand._open.remove(events)

        def _start(self, status: int, headers: dict[str, str] | None = None) -> None:
            self.send_response(status)
            for name, value in {**CORS, **(headers or {})}.items():
                self.send_header(name, value)
            self.end_headers()

        def _write(self, text: str) -> None:
            self.wfile.write(text.encode())
            self.wfile.flush()

        def log_message(self, *_) -> None:
            pass

    return Handler
