"""What the Mini App asks the server: the person is who Telegram says, and a replay changes nothing."""

import json

import pytest

from chats.models import AnalyticsEvent, Contact, Message
from llm.demo.loading import load_demo_characters
from llm.models import Character
from tests.telegram.conftest import TOKENS
from tests.telegram.signing import USER, init_data

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def characters(settings):
    settings.TELEGRAM_BOT_TOKENS = TOKENS
    load_demo_characters()


@pytest.fixture
def ask(client):
    def ask(raw=None, **headers):
        raw = init_data() if raw is None else raw
        return client.get("/miniapp/api/characters", headers={"Authorization": f"tma {raw}"} | headers)

    return ask


@pytest.fixture
def choose(client):
    def choose(slug="mario", raw=None, body=None, slash=""):
        raw = init_data() if raw is None else raw
        body = json.dumps({"character": slug}) if body is None else body
        return client.post(
            f"/miniapp/api/choice{slash}",
            body,
            content_type="application/json",
            headers={"Authorization": f"tma {raw}"},
        )

    return choose


def test_gallery_lists_the_active_in_order(ask):
    Character.objects.filter(slug="holmes").update(active=False)
    Character.objects.filter(slug="cat").update(order=1)
    slugs = [one["slug"] for one in ask().json()["characters"]]
    assert slugs[:3] == ["cat", "mario", "einstein"]
    assert "holmes" not in slugs


def test_instructions_stay_with_us(ask):
    assert set(ask().json()["characters"][0]) == {"slug", "name", "tagline", "picture"}


def test_looking_registers_nobody(ask):
    assert ask().json()["current"] is None
    assert not Contact.objects.exists()


def test_language_is_the_persons(ask):
    user = json.dumps(USER | {"language_code": "de"})
    answer = ask(init_data(user=user)).json()
    assert answer["language"] == "en"
    assert answer["characters"][0]["name"] == "Mario"


def test_start_param_is_suggested(ask):
    assert ask(init_data(start_param="einstein")).json()["suggested"] == "einstein"


@pytest.mark.parametrize("slash", ["", "/"])
def test_choice_is_saved_and_the_character_greets(ask, choose, slash):
    assert choose("mario", slash=slash).json() == {"character": "mario"}
    assert Message.objects.get().text == Character.objects.get(slug="mario").greeting
    assert Message.objects.get().deliveries.get().address == str(USER["id"])
    assert ask().json()["current"] == "mario"


def test_choice_registers_and_is_an_event(choose):
    choose("mario")
    events = AnalyticsEvent.objects.order_by("pk").values_list("event", "user_id", "properties")
    assert list(events) == [
        ("registered", str(USER["id"]), {"language": "ru"}),
        ("character chosen", str(USER["id"]), {"character": "mario", "source": "miniapp"}),
    ]


def test_replay_changes_nothing(ask, choose):
    first, second = init_data(query_id="A"), init_data(query_id="B")
    choose("mario", first)
    choose("einstein", second)
    for _ in range(3):
        assert choose("mario", first).status_code == 200
    assert ask().json()["current"] == "einstein"
    assert Message.objects.count() == 2


def test_page_cannot_say_who_the_person_is(choose):
    body = json.dumps({"character": "mario", "user": {"id": 1}, "user_id": 1, "init_data": "x"})
    assert choose(body=body).status_code == 200
    assert Contact.objects.get().external_id == str(USER["id"])


@pytest.mark.parametrize("raw", ["", "hash=0", "user=%7B%7D&hash=" + "0" * 64])
def test_forged_person_is_401(ask, choose, raw):
    assert ask(raw).status_code == 401
    assert choose(raw=raw).status_code == 401
    assert not Contact.objects.exists()


def test_old_opening_is_401_and_says_so(choose):
    answer = choose(raw=init_data(auth_date="1700000000"))
    assert (answer.status_code, answer.json()["error"]["code"]) == (401, "expired")


def test_another_bots_opening_is_401(choose):
    assert choose(raw=init_data(token=TOKENS["support"])).status_code == 401


@pytest.mark.parametrize("scheme", ["Bearer", "", "tma"])
def test_other_schemes_are_401(client, scheme):
    answer = client.get("/miniapp/api/characters", headers={"Authorization": scheme})
    assert answer.status_code == 401


@pytest.mark.parametrize("slug", ["nobody", "MARIO'--", "mario\x00", "x" * 300])
def test_unknown_character_is_an_error(choose, slug):
    assert choose(slug).status_code in (400, 404)


def test_inactive_character_is_404(choose):
    Character.objects.filter(slug="mario").update(active=False)
    assert choose("mario").status_code == 404


@pytest.mark.parametrize("body", [b"", b"not json", b"\xff", b"[]", b"{}", b'{"character": 1}', b"[" * 9000])
def test_bad_body_is_400(choose, body):
    assert choose(body=body).status_code == 400


def test_only_these_methods(client):
    assert client.post("/miniapp/api/characters").status_code == 405
    assert client.get("/miniapp/api/choice").status_code == 405


def test_answers_are_not_cached(ask):
    assert "no-store" in ask()["Cache-Control"]


def test_page_may_be_framed_by_telegram_and_loads_only_its_own_and_telegrams(client, settings):
    settings.TELEGRAM_SCRIPT_URL = "https://telegram.org/js/telegram-web-app.js"
    page = client.get("/miniapp/")
    policy = page["Content-Security-Policy"]
    assert "script-src 'self' https://telegram.org" in policy
    assert "https://web.telegram.org" in policy
    assert "X-Frame-Options" not in page
    assert b"telegram.org/js/telegram-web-app.js" in page.content


def test_page_is_light(client):
    from pathlib import Path

    from django.contrib.staticfiles import finders

    files = [Path(finders.find(f"telegram_bot/miniapp.{kind}")).stat().st_size for kind in ("js", "css")]
    assert sum(files) + len(client.get("/miniapp/").content) < 30_000
