"""The counters of a process that is no web server, or has a METRICS_DIR of its own: worker and realtime in containers.

With METRICS_PORT they stand at http://<container>:<METRICS_PORT>/metrics, under the same token as web's page. What
PostgreSQL and Redis say is told by web alone. `make run` leaves the port unset: there one folder has it all, and web's
page shows it once.
"""

import logging
import threading
from http.server import BaseHTTPRequestHandler
from socketserver import ThreadingTCPServer

from django.conf import settings
from prometheus_client import CONTENT_TYPE_LATEST

from config.metrics import REFUSED, counted_page, may_read

logger = logging.getLogger(__name__)


def serve_metrics() -> "MetricsServer | None":
    """Starts the server in a thread, where METRICS_PORT is set. The desk matters more than its figures: a port
    that is taken is a line in the log, and work goes on."""
    if not settings.METRICS_PORT:
        return None
    try:
        server = MetricsServer(("0.0.0.0", settings.METRICS_PORT), _Handler)  # noqa: S104 - the network of the containers
    except OSError as error:
        logger.error("METRICS_PORT %s cannot be listened at: %s", settings.METRICS_PORT, error)
        return None
    threading.Thread(target=server.serve_forever, name="metrics", daemon=True).start()
    return server


class MetricsServer(ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True


class _Handler(BaseHTTPRequestHandler):
    timeout = 5  # seconds for a caller who does not say what is wanted
    server_version, sys_version = "metrics", ""

    def do_GET(self) -> None:  # the name that http.server looks for
        allowed = may_read(
            authorization=self.headers.get("Authorization", ""),
            peer=self.client_address[0],
            forwarded="X-Forwarded-For" in self.headers,
        )
        if self.path.partition("?")[0].rstrip("/") != "/metrics":
            self._answer(404, b"Not found\n", "text/plain")
        elif not allowed:
            self._answer(403, REFUSED.encode(), "text/plain")
        else:
            self._answer(200, counted_page(), CONTENT_TYPE_LATEST)

    def _answer(self, status: int, body: bytes, content_type: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_) -> None:
        """Says nothing: Prometheus asks every few seconds."""
