"""The start of the widget: sizes on the wire, and what it costs the host page before it is opened."""

import contextlib
import gzip
import os
import shutil
import statistics
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from bench.desk import ROOT, Desk
from bench.table import Row

FILES = ROOT / "chats" / "static" / "chats"
LOADS = 7
PAGE = """<!doctype html><html lang="ru"><meta charset="utf-8"><title>Shop</title>{script}
<h1>Shop</h1>{paragraphs}"""
WATCH = """
window.shift = 0; window.longest = 0;
new PerformanceObserver(l => l.getEntries().forEach(e => shift += e.value)).observe({type: 'layout-shift', buffered: true});
new PerformanceObserver(l => l.getEntries().forEach(e => longest = Math.max(longest, e.duration)))
  .observe({type: 'longtask', buffered: true});
"""  # noqa: E501
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def measure(desk: Desk) -> list[Row]:
    """Sizes, shift, time."""
    return [_sizes(), *_in_browser(desk)]


def _sizes() -> Row:
    loader = _gzipped([FILES / "widget.js"])
    # A visitor loads one language: the larger one counts.
    languages = [FILES / "widget" / f"{name}.js" for name in ("ru", "en")]
    parts = [path for path in (FILES / "widget").glob("*.js") if path not in languages]
    whole = loader + _gzipped(parts) + max(_gzipped([path]) for path in languages)
    return Row(
        topic="widget",
        what="Start of the widget: all of it, gzipped",
        figure=whole / 1000,
        unit="KB",
        goal="loader under 4 KB, all under 16 KB",
        met=loader < 4000 and whole < 16_000,
        used=max(loader / 4000, whole / 16_000),
        note=f"loader {loader / 1000:.1f} KB",
    )


def _gzipped(paths: list[Path]) -> int:
    return sum(len(gzip.compress(path.read_bytes(), 9)) for path in paths)


def _in_browser(desk: Desk) -> list[Row]:
    names = {
        "what": "Main-thread time of the widget before it is opened",
        "goal": "under 50 ms, no layout shift",
        "topic": "widget",
        "unit": "ms",
    }
    browser = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, BROWSERS)), None)
    if browser is None:
        return [Row(figure=None, met=None, note="there is no Chromium on this machine", **names)]
    desk.start("web")
    script = f'<script src="http://127.0.0.1:{desk.ports["web"]}/static/chats/widget.js" async></script>'
    with _site({"/with": script, "/without": ""}) as port:
        with_, without, shift, longest = _load(browser, f"http://127.0.0.1:{port}")
    desk.stop("web")
    figure = (min(with_) - min(without)) * 1000  # noise only adds
    return [
        Row(
            figure=figure,
            met=figure < 50 and shift == 0,
            used=max(figure / 50, 0.01),
            note=f"layout shift {shift:.3f}, longest task {longest:.0f} ms; the page without it takes "
            f"{min(without) * 1000:.0f} ms",
            **names,
        )
    ]


def _load(browser: str, url: str) -> tuple[list[float], list[float], float, float]:
    """Main-thread seconds with and without the widget, by turns; the worst shift; the median of the longest tasks."""
    from playwright.sync_api import sync_playwright

    times, shift, longest = {"/with": [], "/without": []}, 0.0, []
    options = [
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
    ]
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=browser, args=options)
        for number in range(LOADS + 1):
            for path, taken in times.items():
                context = chromium.new_context()  # nothing is cached
                page = context.new_page()
                page.add_init_script(WATCH)
                cdp = context.new_cdp_session(page)
                cdp.send("Performance.enable", {"timeDomain": "threadTicks"})  # CPU, not the wall's clock
                page.goto(url + path, wait_until="networkidle")
                if path == "/with":
                    page.wait_for_selector("switchboard-chat", state="attached")
                metrics = {m["name"]: m["value"] for m in cdp.send("Performance.getMetrics")["metrics"]}
                if number:  # the first one warms the browser up
                    taken.append(metrics["TaskDuration"])
                    if path == "/with":
                        shift = max(shift, page.evaluate("shift"))
                        longest.append(page.evaluate("longest"))
                context.close()
        chromium.close()
    return times["/with"], times["/without"], shift, statistics.median(longest)


@contextlib.contextmanager
def _site(scripts: dict[str, str]) -> Iterator[int]:
    """A page of somebody else's, with and without the tag."""

    class Page(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = PAGE.format(script=scripts.get(self.path, ""), paragraphs="<p>Чайник.</p>" * 60).encode()
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_) -> None:
            """Says nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Page)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
