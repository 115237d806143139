"""The play on real processes: `make run`'s launcher, its PostgreSQL and Redis, and the sandbox as Telegram."""

import pytest

from llm.testing.behaviour import Behaviour
from llm.testing.fake_llm import FakeLLM
from tests.e2e.actors import Visitor
from tests.e2e.play import Play

pytestmark = pytest.mark.timeout(300)

ECHOED = {
    "ru": ("Сколько стоит доставка?", "Вы спросили: Сколько стоит доставка?"),
    "en": ("How much does delivery cost?", "You asked: How much does delivery cost?"),
}


def test_plays_with_the_offline_provider(start_desk, read_logs):
    desk = start_desk()
    Play(web_url=desk.web_url, sandbox_url=desk.sandbox_url, admin=desk.admin).run()
    assert "Traceback" not in read_logs(desk)


def test_plays_with_an_openai_compatible_server(start_desk, read_logs):
    with FakeLLM(default=Behaviour(latency=0.1, pause=0.01)) as llm:
        desk = start_desk(
            LLM_PROVIDER="openai", OPENAI_BASE_URL=llm.openai_url, OPENAI_API_KEY="for-tests-only"
        )
        play = Play(web_url=desk.web_url, sandbox_url=desk.sandbox_url, admin=desk.admin, known=ECHOED)
        play.run()
        llm.script(Behaviour(tool="the visitor needs a decision"))
        visitor = Visitor(play.web)
        visitor.write("В моём договоре пункт 7 противоречит пункту 9")
        visitor.wait_for("Переключаю на человека", author="system")
        play.oleg.wait_for_card("пункту 9")
        assert any(asked["body"].get("stream") and asked["body"].get("tools") for asked in llm.requests)
    assert "Traceback" not in read_logs(desk)
