"""Every URL of the project, asked by every kind of actor: access_table.py says what each gets; none is left out."""

import json
import re
from collections import defaultdict

import httpx
import pytest
from django.test import Client
from django.urls import get_resolver
from django.urls.resolvers import URLResolver

from chats.realtime.app import ROUTES
from tests.attacks.access_table import ACTORS, REALTIME, TABLE, Row
from tests.attacks.actors import SECRETS, World, make_world, trace_of, whose_secrets
from tests.telegram.conftest import SECRET, TOKENS

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
#: They answer any method alike, and change nothing: pages, and what says how the process is.
READ_ONLY = {r"^healthz/?$", r"^readyz/?$", r"^metrics/?$"}


@pytest.fixture(autouse=True)
def _as_in_production(settings, monkeypatch):
    settings.TELEGRAM_WEBHOOK_SECRET, settings.TELEGRAM_BOT_TOKENS = SECRET, TOKENS
    settings.WEBHOOK_ALLOW_PRIVATE, settings.LIMIT_WEBHOOK = True, "1000/minute"
    settings.STORAGES = settings.STORAGES | {
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    }
    monkeypatch.setattr("chats.hints._send", lambda *args, **kwargs: None)


@pytest.fixture
def world(db) -> World:
    return make_world()


def ask(world: World, row: Row, client: Client):
    body = world.fill(json.dumps(row.body)) if row.body is not None else ""
    return client.generic(row.method, world.fill(row.path), body, content_type="application/json")


def seen(answer, actor: str) -> str:
    """The answer as the table writes it. An admin may read everything: whose it is does not matter."""
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content
    whose = [] if actor == "admin" else sorted(whose_secrets(body))
    return " ".join([str(answer.status_code), *whose])


@pytest.mark.parametrize("row", TABLE, ids=lambda row: f"{row.method} {row.path}")
def test_each_actor_gets_what_the_table_says(world, row):
    got, changed = {}, []
    for actor in ACTORS:
        client, before = world.client(actor), trace_of(world.visitor)
        got[actor] = seen(ask(world, row, client), actor)
        if actor != "visitor" and trace_of(world.visitor) != before:
            changed.append(actor)
    assert got == {actor: row.answer_for(actor) for actor in ACTORS}
    assert changed == [], "they have changed what is the visitor's"


# --- nothing is left out


def routes(patterns, prefix: str = "") -> list[str]:
    """Every route of a resolver, with what it is included under."""
    found = []
    for entry in patterns:
        route = prefix + str(entry.pattern)
        found += routes(entry.url_patterns, route) if isinstance(entry, URLResolver) else [route]
    # The admin's list of apps names them all
    return [re.sub(r"^admin/\^\(\?P<app_label>[^)]*\)/\$$", "admin/^<app_label>/$", route) for route in found]


def test_the_table_has_every_url_of_the_project():
    existing, written = set(routes(get_resolver().url_patterns)), {row.route for row in TABLE}
    assert existing - written == set(), "new URLs: give each a row in access_table.py"
    assert written - existing == set(), "the table has URLs that do not exist"


def test_the_table_has_every_url_of_the_process_of_streams():
    assert {row.route for row in REALTIME} == set(ROUTES)


def test_a_url_that_nobody_wrote_into_the_table_is_noticed():
    from django.urls import path

    patterns = [*get_resolver().url_patterns, path("secret-door/", lambda request: None)]
    assert set(routes(patterns)) - {row.route for row in TABLE} == {"secret-door/"}


# --- and no other way in


def methods_of_the_site() -> list[tuple[str, str]]:
    known = defaultdict(set)
    for row in TABLE:
        if not row.route.startswith("admin/") and row.route not in READ_ONLY and "?into" not in row.path:
            known[row.path].add(row.method)
    return [(path, " ".join(sorted(methods))) for path, methods in known.items()]


@pytest.mark.parametrize(("path", "methods"), methods_of_the_site())
def test_a_method_that_the_table_does_not_know_is_refused(world, path, methods):
    statuses = {
        (method, actor): world.client(actor).generic(method, world.fill(path), b"{}").status_code
        for method in METHODS
        if method not in methods.split()
        for actor in ("nobody", "visitor", "key", "person", "telegram", "admin")
    }
    wrong = {asked: status for asked, status in statuses.items() if status not in {401, 403, 404, 405}}
    assert wrong == {}


def test_the_admin_takes_no_form_from_another_site(world):
    client = Client(enforce_csrf_checks=True)
    client.force_login(world.users["admin"])
    for path in ("/admin/auth/group/add/", "/admin/logout/", "/admin/operators/operator/"):
        assert client.post(path, {"name": "x"}, headers={"Origin": "https://evil.example"}).status_code == 403


def test_somebody_who_is_no_longer_staff_is_out_at_once(world):
    client = world.client("admin")
    world.users["admin"].is_staff = False
    world.users["admin"].save(update_fields=["is_staff"])
    assert client.get("/admin/chats/message/").status_code == 302


# --- the process of streams


@pytest.mark.django_db(transaction=True)
def test_the_process_of_streams_gives_each_actor_what_the_table_says(realtime_server):
    world = make_world()
    for row in REALTIME:
        got = {actor: _read(realtime_server.url, row, world.headers.get(actor, {})) for actor in ACTORS}
        assert got == {actor: row.answer_for(actor) for actor in ACTORS}


def _read(url: str, row: Row, headers: dict[str, str]) -> str:
    """What somebody gets, of a stream until it has caught up."""
    with httpx.stream(row.method, f"{url}{row.path}", headers=headers, timeout=20) as answer:
        body = b""
        for line in answer.iter_lines():
            body += line.encode()
            if line.startswith("event: state"):
                break
        return " ".join([str(answer.status_code), *sorted(whose_secrets(body))])


def test_the_secrets_are_told_apart():
    for name, secret in SECRETS.items():
        assert whose_secrets(secret.encode()) == {name}
