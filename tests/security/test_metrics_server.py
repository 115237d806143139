"""Worker and realtime in containers: what each has counted stands at a port of its own, and nowhere twice."""

import os
import subprocess
import sys

import httpx
import pytest
import yaml

from chats import metrics as counters
from chats.metrics import MESSAGES
from config.embedded.ports import free_port
from config.metrics_server import serve_metrics
from config.run.environment import read_environment
from config.run.local import ROOT, LocalFolder

COMPOSE = yaml.safe_load((ROOT / "docker-compose.yml").read_text())["services"]
SCRAPED = {
    job["job_name"].removeprefix("switchboard-"): job["dns_sd_configs"][0]
    for job in yaml.safe_load((ROOT / "deploy/prometheus/prometheus.yml").read_text())["scrape_configs"]
}
TOKEN = {"Authorization": "Bearer for-prometheus"}


@pytest.fixture
def page(settings):
    """The address of a running server."""
    settings.METRICS_PORT, settings.METRICS_TOKEN = free_port(), "for-prometheus"
    server = serve_metrics()
    yield f"http://127.0.0.1:{settings.METRICS_PORT}/metrics"
    server.shutdown()
    server.server_close()


def test_it_shows_what_the_process_has_counted(page):
    MESSAGES.labels(channel="telegram", author="bot").inc()
    answer = httpx.get(page, headers=TOKEN)
    assert answer.headers["Content-Type"].startswith("text/plain")
    assert 'switchboard_messages_accepted_total{author="bot",channel="telegram"}' in answer.text
    assert "switchboard_database_up" not in answer.text, "what web says would be said by everybody"


@pytest.mark.parametrize(
    ("path", "headers", "status"),
    [
        ("/metrics", {}, 403),
        ("/metrics", {"Authorization": "Bearer other"}, 403),
        ("/metrics", {"Authorization": "Bearer ё".encode()}, 403),
        ("/metrics/", TOKEN, 200),
        ("/", TOKEN, 404),
        ("/metrics/../admin", TOKEN, 404),
    ],
)
def test_it_is_for_whoever_has_the_token(page, path, headers, status):
    assert httpx.get(page.removesuffix("/metrics") + path, headers=headers).status_code == status


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE"])
def test_nothing_can_be_sent_to_it(page, method):
    assert httpx.request(method, page, headers=TOKEN).status_code == 501


def test_without_a_token_it_is_for_this_machine(page, settings):
    settings.METRICS_TOKEN = ""
    assert httpx.get(page).status_code == 200
    assert httpx.get(page, headers={"X-Forwarded-For": "127.0.0.1"}).status_code == 403


def test_a_port_that_is_taken_stops_nobody(page, settings, caplog):
    assert serve_metrics() is None
    assert "METRICS_PORT" in caplog.text


def test_without_a_port_nothing_is_served(settings):
    settings.METRICS_PORT = 0
    assert serve_metrics() is None


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("kind", ["realtime", "worker"])
def test_the_process_shows_its_own(kind, start_process, process_environment, tmp_path):
    """A folder and a port for each, as in containers."""
    port = free_port()
    more = {
        "METRICS_PORT": str(port),
        "METRICS_TOKEN": "for-prometheus",
        "PROMETHEUS_MULTIPROC_DIR": str(tmp_path),
    }
    start_process(kind, **more)
    url = f"http://127.0.0.1:{port}/metrics"
    assert httpx.get(url).status_code == 403
    answer = httpx.get(url, headers=TOKEN)
    assert answer.status_code == 200
    assert "switchboard_answer_seconds_count 0.0" in answer.text


@pytest.mark.parametrize("process", ["web", "realtime", "worker"])
def test_prometheus_looks_where_the_process_shows_it(process):
    job = SCRAPED[process]
    assert job["names"] == [process]
    port = COMPOSE[process].get("environment", {}).get("METRICS_PORT", "8000")
    assert (job["type"], str(job["port"])) == ("A", port)
    assert "ports" not in COMPOSE[process], "published to the world"


def test_on_one_machine_nothing_is_shown_twice(tmp_path):
    given = {"METRICS_PORT": "9100", "DJANGO_SECRET_KEY": "x"}
    assert read_environment(LocalFolder(tmp_path), exported=given, root=tmp_path)["METRICS_PORT"] == "0"


@pytest.mark.django_db
def test_a_container_is_asked_by_its_address(client, settings):
    settings.METRICS_TOKEN, settings.ALLOWED_HOSTS = "for-prometheus", ["desk.example.com"]
    assert client.get("/metrics", headers=TOKEN, HTTP_HOST="10.89.0.7:8000").status_code == 200
    assert client.get("/metrics", HTTP_HOST="10.89.0.7:8000").status_code == 403
    assert client.get("/", HTTP_HOST="10.89.0.7:8000").status_code == 400


@pytest.mark.django_db
def test_streams_of_a_killed_process_are_not_counted(client):
    counting = (
        "from chats.metrics import OPEN_STREAMS, MESSAGES; OPEN_STREAMS.inc(3);"
        "MESSAGES.labels(channel='left-behind', author='x').inc(); import os; os.kill(os.getpid(), 9)"
    )
    subprocess.run([sys.executable, "-c", counting], cwd=ROOT, env=dict(os.environ), check=False)
    page = client.get("/metrics").content.decode()
    assert "switchboard_open_streams 3.0" not in page
    assert 'switchboard_messages_accepted_total{author="x",channel="left-behind"} 1.0' in page
    assert counters.OPEN_STREAMS._value.get() == 0
