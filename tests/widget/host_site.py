"""A website that embeds the widget; each page says by its address what is special about it."""

import threading
from html import escape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlencode, urlsplit

NONCE = "c2VjcmV0"


class HostSite:
    """`url(theme="dark")` is a page with data-theme; `strict=1` puts it under a strict Content-Security-Policy."""

    def __init__(self, *, desk: str) -> None:
        self.desk = desk
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))

    def __enter__(self) -> "HostSite":
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_) -> None:
        self._server.shutdown()
        self._server.server_close()

    def url(self, **options: str) -> str:
        """The address of a page with these data attributes."""
        return f"http://localhost:{self._server.server_port}/?{urlencode(options)}"

    def render(self, options: dict[str, str]) -> str:
        """The page."""
        data = "".join(
            f' data-{key}="{escape(value)}"'
            for key, value in options.items()
            if key not in ("lang", "strict")
        )
        nonce = f' nonce="{NONCE}"' if options.get("strict") == "nonce" else ""
        return (
            f'<!doctype html><html lang="{options.get("lang", "ru")}"><meta charset="utf-8">'
            '<meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover">'
            "<title>Магазин</title><h1>Магазин</h1><p>Товары</p><button>Купить</button>"
            f'<script{nonce} src="{self.desk}/static/chats/widget.js"{data} async></script></html>'
        )

    def policy(self, strict: str | None) -> str | None:
        """A Content-Security-Policy that allows the desk and nothing else."""
        if not strict:
            return None
        scripts = f"'nonce-{NONCE}'" if strict == "nonce" else self.desk
        rest = f"connect-src {self.desk}; base-uri 'none'; require-trusted-types-for 'script'"
        return f"default-src 'none'; script-src {scripts}; {rest}"


def _handler(site: HostSite) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            address = urlsplit(self.path)
            if address.path != "/":
                self.send_error(404)
                return
            options = {key: values[0] for key, values in parse_qs(address.query).items()}
            body = site.render(options).encode()
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header("Content-Length", str(len(body)))
            if policy := site.policy(options.get("strict")):
                self.send_header("Content-Security-Policy", policy)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_) -> None:
            pass

    return Handler
