"""The engine by itself: Telegram and the operators are played by channels that keep what they are given."""

import pytest

from chats import conversations, hints, inbox
from chats.api.tokens import hash_token, make_contact
from chats.channels import get_channel
from chats.models import Contact, Conversation
from tests.chats.channels import Recorder

TOKEN = "a-visitor-of-the-site"
ANNA = {"channel": "operator", "address": "42"}
BORIS = {"channel": "operator", "address": "43"}


@pytest.fixture(autouse=True)
def recorder(settings):
    """The channels beside the website."""
    settings.CHANNELS = settings.CHANNELS | {
        "telegram": "tests.chats.channels.Recorder",
        "operator": "tests.chats.channels.Recorder",
        "api": "tests.chats.channels.Mute",
    }
    get_channel.cache_clear()
    Recorder.reset()
    yield Recorder
    get_channel.cache_clear()


@pytest.fixture
def headers() -> dict[str, str]:
    """What the visitor of the website sends with each request."""
    return {"Chat-Token": TOKEN}


@pytest.fixture
def visitor(db) -> Contact:
    """A visitor of the website who has said nothing yet."""
    return make_contact(hash_token(TOKEN))


@pytest.fixture
def telegram_visitor(db) -> Contact:
    """A visitor who writes to the Telegram bot."""
    return Contact.objects.create(channel="telegram", external_id="7", name="Пётр")


@pytest.fixture
def with_bot(visitor) -> Conversation:
    """The bot owes the visitor an answer."""
    return inbox.receive_message(contact=visitor, text="Сколько стоит доставка?").conversation


@pytest.fixture
def waiting(visitor, with_bot) -> Conversation:
    """The visitor waits for an operator."""
    return conversations.call_human(contact=visitor)


@pytest.fixture
def with_operator(waiting) -> Conversation:
    """Анна answers the visitor."""
    return conversations.claim(conversation_id=waiting.pk, name="Анна", **ANNA)


@pytest.fixture
def closed(with_operator) -> Conversation:
    """Анна has finished."""
    return conversations.close_by_operator(conversation_id=with_operator.pk, **ANNA)


class Hinted(list):
    """The hints given inside the block, as (task, arguments)."""

    def __init__(self, capture, monkeypatch) -> None:
        super().__init__()
        self._capture = capture
        monkeypatch.setattr(hints, "_send", lambda task, args, *, queue: self.append((task, args)))

    def __enter__(self):
        self._block = self._capture(execute=True)
        self._block.__enter__()
        return self

    def __exit__(self, *details):
        self._block.__exit__(*details)


@pytest.fixture
def hinted(django_capture_on_commit_callbacks, monkeypatch) -> Hinted:
    """`with hinted as hints: ...`: what the workers would be told."""
    return Hinted(django_capture_on_commit_callbacks, monkeypatch)
