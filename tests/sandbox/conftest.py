"""A sandbox in its own process, and a little web server that plays the bot's webhook."""

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import httpx
import pytest

from telegram_bot.sandbox.process import start

SUPPORT = "1000001:sandbox-support"
OPERATORS = "1000002:sandbox-operators"


@pytest.fixture(scope="session")
def sandbox():
    with start(limits=False, retry_base=0.05) as running:
        yield running


@pytest.fixture
def api(sandbox):
    """The control API of a sandbox in which nothing has happened yet."""
    sandbox.client.reset(keep_webhooks=False)
    sandbox.client.set_limits(enabled=False)
    return sandbox.client


@pytest.fixture
def maria(api):
    return api.create_person("Мария")


@pytest.fixture
def chat(api, maria):
    """Maria's chat with the support bot, started."""
    chat = api.chat("support", maria)
    chat.start()
    return chat


@pytest.fixture(scope="session")
def call(sandbox):
    """call("sendMessage", chat_id=..., text=...): the answer's JSON."""
    with httpx.Client(base_url=sandbox.url, trust_env=False, timeout=30) as http:

        def call(method, *, token=SUPPORT, **params):
            return http.post(f"/bot{token}/{method}", json=params).json()

        yield call


class Receiver:
    """Plays the bot's web server. `answer` decides what an update gets: a status, or (status, body, headers)."""

    def __init__(self):
        self.updates, self.headers, self.busy, self.most_busy = [], [], 0, 0
        self.lock = threading.Lock()
        self.answer = lambda update: 200
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self):
                update = json.loads(self.rfile.read(int(self.headers["content-length"])))
                with receiver.lock:
                    receiver.updates.append(update)
                    receiver.headers.append(dict(self.headers))
                    receiver.busy += 1
                    receiver.most_busy = max(receiver.most_busy, receiver.busy)
                answer = receiver.answer(update)
                with receiver.lock:
                    receiver.busy -= 1
                status, body, headers = answer if isinstance(answer, tuple) else (answer, {}, {})
                content = json.dumps(body).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(content)))
                for name, value in headers.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, *args):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_port}/hook"
        threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True).start()

    def texts(self):
        """Texts of the messages that came, in order, repeats included."""
        return [update["message"].get("text") for update in self.updates if "message" in update]

    def close(self):
        self.server.shutdown()
        self.server.server_close()


@pytest.fixture
def receiver():
    receiver = Receiver()
    yield receiver
    receiver.close()
