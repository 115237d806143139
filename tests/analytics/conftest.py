"""An Amplitude of our own: a real HTTP server that follows the rules of the HTTP V2 API as documented."""

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest


class FakeAmplitude:
    """Keeps what it accepted by insert_id. `answers` are statuses for the next requests, before its own judgement.

    An event whose user_id is in `bad` makes a 400 of its whole batch; more than `most` events make a 413. `held`, when
    it is an Event, keeps an accepted request without an answer until it is set.
    """

    def __init__(self):
        self.batches, self.accepted, self.answers, self.bad, self.most = [], [], [], set(), 2000
        self.key, self.held, self.arrived = "test-key", None, threading.Event()
        fake = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                status, headers, answer = fake.judge(body)
                fake.arrived.set()
                if fake.held is not None:
                    fake.held.wait(30)
                raw = json.dumps({"code": status} | answer).encode()
                self.send_response(status)
                for name, value in ({"Content-Length": str(len(raw))} | headers).items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(raw)

            def log_message(self, *args):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/2/httpapi"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def judge(self, body):
        events = body["events"]
        self.batches.append(events)
        if self.answers:
            status, headers = self.answers.pop(0)
            return status, headers, {"error": "as told"}
        if body["api_key"] != self.key:
            return 400, {}, {"error": f"Invalid API key: {body['api_key']}"}
        if len(events) > self.most:
            return 413, {}, {"error": "Payload too large"}
        if any(event["user_id"] in self.bad for event in events):
            return 400, {}, {"error": "Invalid field values on some events"}
        self.accepted += events
        return 200, {}, {"events_ingested": len(events)}

    @property
    def unique(self):
        """What Amplitude keeps: an insert_id that it knows is dropped."""
        return {event["insert_id"]: event for event in self.accepted}


@pytest.fixture
def amplitude(settings):
    fake = FakeAmplitude()
    settings.AMPLITUDE_API_KEY, settings.AMPLITUDE_API_URL = fake.key, fake.url
    yield fake
    fake.server.shutdown()
