import io

from django.core.management import call_command
from drf_spectacular.drainage import GENERATOR_STATS

PATHS = {
    "/api/v1/chat/messages/": {"get", "post"},
    "/api/v1/chat/operator/": {"post", "delete"},
    "/api/v1/chat/stream": {"get"},
    "/api/v1/gpt/": {"post"},
    "/api/v1/message/": {"get"},
    "/webhook/": {"post"},
    "/webhook/{task_id}/": {"get"},
    "/callback/": {"post"},
    "/api/messages/create/": {"post"},
    "/api/messages/": {"get"},
}


def test_the_schema_has_no_warnings(db, capsys):
    GENERATOR_STATS.reset()
    call_command("spectacular", "--validate", "--fail-on-warn", stdout=io.StringIO())


def test_every_endpoint_is_described_with_its_errors(db, client):
    paths = client.get("/api/schema/?format=json").json()["paths"]
    assert {path: set(paths[path]) & {"get", "post", "delete"} for path in PATHS} == PATHS
    for path, methods in paths.items():
        for method, described in methods.items():
            assert described["summary"], (method, path)
            answers = set(described["responses"])
            assert answers & {"200", "201", "204"}, (method, path)


def test_the_pages_of_the_docs_open(db, client):
    for page in ("/swagger/", "/swagger", "/docs", "/docs/", "/redoc", "/redoc/"):
        assert client.get(page).status_code == 200, page
