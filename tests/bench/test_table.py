import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from xml.etree import ElementTree

import pytest

from bench import picture
from bench.client import get, load, post
from bench.rows import TOPICS
from bench.table import Row, as_markdown

ROW = Row(
    topic="http",
    what="Idle poll",
    figure=4545.0,
    floor=5946.0,
    floor_is="bare view",
    unit="/s",
    goal="at least 0.5 of the floor",
    met=True,
    used=0.65,
)
MISSED = Row(
    topic="live", what="First words", figure=101.2, unit="ms", goal="median 25 ms", met=False, used=4.0
)
ABSENT = Row(topic="widget", what="Main-thread time", figure=None, goal="under 50 ms", met=None)


def test_a_row_stands_beside_its_floor():
    assert as_markdown([ROW]).splitlines()[-1] == (
        "| Idle poll | 4,545 /s | 5,946 /s (bare view) | 0.76 | at least 0.5 of the floor | met |"
    )


def test_a_missed_goal_and_one_that_could_not_be_measured_are_named():
    assert [row.cells()[-1] for row in (MISSED, ABSENT)] == ["MISSED", "not measured"]
    assert ABSENT.cells()[1] == "–"


def test_the_picture_shows_every_figure(tmp_path, monkeypatch):
    result = tmp_path / "bench.json"
    result.write_text(json.dumps({"rows": [row.as_json() for row in (ROW, MISSED, ABSENT)]}))
    monkeypatch.setattr(picture, "RESULT", result)
    monkeypatch.setattr(picture, "PICTURE", tmp_path / "picture.svg")
    picture.main()
    texts = [element.text for element in ElementTree.parse(tmp_path / "picture.svg").iter() if element.text]  # noqa: S314
    assert "65%" in texts
    assert "4.0 ×" in texts


@pytest.fixture
def server():
    """Answers POSTs with 500; `asked` counts."""
    asked = []

    class Answer(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self):
            asked.append(self.path)
            self.send_response(200 if self.command == "GET" else 500)
            self.send_header("Content-Length", "5")
            self.end_headers()
            self.wfile.write(b"hello")

        def do_POST(self):
            self.rfile.read(int(self.headers["Content-Length"]))
            self.do_GET()

        def log_message(self, *_):
            pass

    running = ThreadingHTTPServer(("127.0.0.1", 0), Answer)
    running.asked, running.handle_error = asked, lambda *_: None  # the load hangs up in the middle
    threading.Thread(target=running.serve_forever, daemon=True).start()
    yield running
    running.shutdown()


def test_the_load_is_counted_by_whole_answers(server):
    run = load(server.server_port, lambda number: get(f"/{number}"), seconds=0.3, connections=4)
    assert run.answers > 0
    assert 0 <= len(server.asked) - run.answers <= 4  # those under way at the end
    assert not run.bad


def test_an_answer_that_is_no_success_is_kept(server):
    run = load(server.server_port, lambda number: post("/", b"{}"), seconds=0.2, connections=2)
    assert run.bad.startswith(b"HTTP/1.1 500")


def test_every_topic_has_its_file():
    from importlib import import_module

    assert all(callable(import_module(f"bench.rows.{topic}").measure) for topic in TOPICS)
