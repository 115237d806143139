"""What strangers send is read by these: at worst it is refused, in the words that are meant for it."""

import ipaddress
import json
from urllib.parse import urlencode

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from chats.public_address import ForbiddenAddress, check_url, is_public
from chats.realtime import requests
from llm.cards import BadCard
from llm.cards.reading import Card, read_card
from llm.knowledge.importing import ImportFailed, import_knowledge
from telegram_bot.init_data import BadInitData, verify_init_data
from telegram_bot.splitting import LIMIT, split_html, split_text, units
from tests.fuzz.budget import bounded
from tests.llm.test_cards import card, png
from tests.telegram.signing import TOKEN, sign

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=10), inner, max_size=4),
    max_leaves=12,
)


# --- Mini App


@bounded(200)
@given(
    st.text(max_size=300)
    | st.dictionaries(st.text(max_size=8), st.text(max_size=30), max_size=6).map(urlencode)
)
def test_init_data_that_telegram_has_not_signed_opens_nothing(raw):
    with pytest.raises(BadInitData):
        verify_init_data(raw, token=TOKEN)


@bounded(150)
@given(
    user=json_values.map(json.dumps) | st.text(max_size=30),
    start=st.text(max_size=30),
    date=st.text(max_size=12),
)
def test_signed_nonsense_is_refused_or_understood(user, start, date):
    try:
        data = verify_init_data(urlencode(sign(user=user, start_param=start)), token=TOKEN)
        assert data.user.id > 0
    except (BadInitData, UnicodeEncodeError):
        pass  # urlencode cannot write lone surrogates: no Telegram could send them
    with pytest.raises((BadInitData, UnicodeEncodeError)):
        verify_init_data(urlencode(sign(auth_date=f"x{date}")), token=TOKEN)


@bounded(150)
@given(st.sampled_from(["auth_date", "query_id", "user"]), st.text(max_size=20))
def test_a_signed_field_cannot_be_exchanged(field, value):
    fields = sign()
    if fields[field] == value:
        return
    with pytest.raises(BadInitData):
        verify_init_data(urlencode(fields | {field: value.encode("utf-8", "ignore").decode()}), token=TOKEN)


# --- character cards


@bounded(200)
@given(st.binary(max_size=300) | json_values.map(lambda value: json.dumps(value).encode()))
def test_a_file_that_is_no_card_is_refused(data):
    with pytest.raises(BadCard):
        read_card(data)


@bounded(150)
@given(
    st.dictionaries(
        st.sampled_from(["name", "first_mes", "description", "spec_version", "personality"]), json_values
    )
)
def test_a_card_with_strange_fields_is_read_or_refused(fields):
    found = _read(card(**fields))
    assert found is None or (found.name and not any("\x00" in text for text in found.texts.values()))


@bounded(150)
@given(st.integers(0, 400), st.binary(min_size=1, max_size=6), st.booleans())
def test_a_damaged_png_is_read_or_refused(at, junk, cut):
    whole = png()
    data = whole[:at] if cut else whole[:at] + junk + whole[at + len(junk) :]
    found = _read(data)
    assert found is None or found.name


def _read(data: bytes) -> Card | None:
    """The card, or None where it was refused with a reason."""
    try:
        return read_card(data)
    except BadCard as error:
        refusal = str(error)
    assert refusal
    return None


# --- callback URLs


def written(address: int) -> st.SearchStrategy[str]:
    """The ways to write one IPv4 address that browsers, curl and the C library understand."""
    a, b, c, d = address.to_bytes(4, "big")
    return st.sampled_from(
        [f"{a}.{b}.{c}.{d}", str(address), hex(address), f"0{address:o}", f"{a:#x}.{b:#x}.{c:#x}.{d:#x}",
         f"0{a:o}.{b}.{c}.{d}", f"{a}.{b}.{c << 8 | d}", f"{a}.{b << 16 | c << 8 | d}", f"[::ffff:{a}.{b}.{c}.{d}]",
         f"[::ffff:{a:02x}{b:02x}:{c:02x}{d:02x}]", f"[64:ff9b::{a}.{b}.{c}.{d}]",
         f"[2002:{a:02x}{b:02x}:{c:02x}{d:02x}::]"]
    )  # fmt: skip


PRIVATE = ["127.0.0.0/8", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "169.254.0.0/16", "100.64.0.0/10",
           "0.0.0.0/8", "224.0.0.0/4", "240.0.0.0/4", "192.0.2.0/24", "198.18.0.0/15"]  # fmt: skip
inside = st.sampled_from(PRIVATE).flatmap(
    lambda network: st.ip_addresses(v=4, network=network).map(int).flatmap(written)
)


@bounded(300)
@given(
    host=inside,
    scheme=st.sampled_from(["http", "https", "HTTP"]),
    port=st.sampled_from(["", ":80", ":6379", ":"]),
)
def test_no_spelling_of_an_address_inside_is_called(host, scheme, port):
    with pytest.raises(ForbiddenAddress):
        check_url(f"{scheme}://{host}{port}/callback")


@bounded(200)
@given(st.text(max_size=60) | st.text(max_size=40).map(lambda rest: f"http://127.0.0.1{rest}"))
@example("http://127.0.0.1\\@8.8.8.8/")
@example("http://8.8.8.8@127.0.0.1/")
@example("http://[::1%25lo]/")
@example("http://127.1/")
@example("file:///etc/passwd")
@example("http://localhost./")
@example("gopher://127.0.0.1:6379/_FLUSHALL")
def test_a_strange_url_is_refused(monkeypatch_resolver, url):
    with pytest.raises(ForbiddenAddress):
        check_url(url)


@pytest.fixture(scope="module")
def monkeypatch_resolver():
    """Names do not leave this machine; what the C library reads as an address without asking is read as ever."""
    import socket

    from chats import public_address

    real = socket.getaddrinfo

    def numbers_only(host, port, **options):
        return real(host, port, flags=socket.AI_NUMERICHOST, **options)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(public_address.socket, "getaddrinfo", numbers_only)
        yield


@bounded(200)
@given(st.ip_addresses(v=6))
def test_what_is_public_is_public_inside_too(address):
    if is_public(address):
        inner = address.ipv4_mapped or address.sixtofour
        assert inner is None or ipaddress.ip_address(inner).is_global


# --- Telegram's messages

pieces_of_text = st.lists(
    st.text(max_size=400) | st.sampled_from(["```\n", "```python\n", "\n\n", ". ", "слово " * 40, "😀" * 60, "&amp;"]),
    max_size=12,
).map("".join)  # fmt: skip


@bounded(150)
@given(pieces_of_text, st.integers(40, 300))
def test_no_piece_is_longer_than_telegram_takes(text, limit):
    pieces = split_text(text, limit)
    assert all(units(piece) <= limit for piece in pieces)
    assert all(piece.strip() for piece in pieces)


@bounded(100)
@given(
    st.lists(st.sampled_from(["слово", "два", "три!", "😀", "x" * 90, "ё."]), max_size=400),
    st.integers(60, 300),
)
def test_no_word_is_lost_or_doubled(words, limit):
    text = " ".join(words)
    assert "".join("".join(split_text(text, limit)).split()) == "".join(text.split())


tags = st.sampled_from(
    ["<b>", "</b>", "<i>", "</i>", "<code>", "</code>", "&lt;", "&quot;", '<a href="https://x.y">', "</a>"]
)


@bounded(100)
@given(st.lists(tags | st.text("абв \n", max_size=60), max_size=40).map("".join))
def test_html_is_cut_into_pieces_that_telegram_takes(html):
    assert all(units(piece) <= LIMIT for piece in split_html(html * 20))


# --- knowledge

cells = st.text(max_size=30) | st.sampled_from(["=1+1", '"', "ru", "да", "question;answer", "\x00", "\r"])
lines_of_csv = st.lists(st.lists(cells, max_size=5).map(";".join), max_size=6).map("\n".join)


@pytest.mark.django_db
@bounded(60)
@given(
    data=st.binary(max_size=200)
    | lines_of_csv.map(lambda rows: f"question;answer;language\n{rows}".encode("utf-8", "ignore"))
    | st.lists(json_values.map(json.dumps), max_size=5).map(lambda rows: "\n".join(rows).encode()),
    name=st.sampled_from(["x.csv", "x.jsonl", "x.tsv", "x", "x.exe"]),
)
def test_a_file_of_knowledge_is_taken_row_by_row_or_refused(data, name):
    try:
        bad = import_knowledge(data=data, name=name).bad
    except ImportFailed as error:
        bad = [(1, str(error))]
    assert all(line > 0 and why for line, why in bad)


# --- the stream's requests


@bounded(150)
@given(st.binary(max_size=60), st.binary(max_size=60), st.binary(max_size=120))
def test_a_strange_request_for_a_stream_is_refused_or_understood(query, last, token):
    scope = {"query_string": query, "headers": [(b"last-event-id", last), (b"x-forwarded-for", token)]}
    headers = requests.read_headers(scope)
    refused = []
    for read in (
        lambda: requests.read_after(scope, headers),
        lambda: requests.read_token_hash({b"chat-token": token}),
    ):
        try:
            read()
        except requests.Refused as error:
            assert json.loads(error.body)["errors"]  # noqa: PT017 - one of many that may come
            refused.append(error.status)
    assert refused in ([], [400], [401], [400, 401])
    assert isinstance(requests.read_address(scope | {"client": ("192.0.2.1", 1)}, headers), str)
