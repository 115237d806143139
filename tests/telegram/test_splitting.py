"""Cutting long texts: every piece fits, nothing is lost, and the cut stands where it hurts least."""

import re
from html.parser import HTMLParser

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from telegram_bot.splitting import FENCE, split_html, split_text, units

WORDS = st.text(st.sampled_from("aя.!? \n,«»😀👨‍👩‍👧`—"), max_size=400)


def bare(text):
    return re.sub(r"\s|`", "", text)


@given(st.one_of(WORDS, st.text(max_size=400)), st.integers(20, 200))
@example("😀" * 100, 21)
@example("a" * 500, 20)
@example("```python\n" + "x = 1\n" * 50 + "```", 60)
@settings(max_examples=300, deadline=None)
def test_every_piece_fits_and_nothing_is_lost(text, limit):
    pieces = split_text(text, limit)
    assert all(0 < units(piece) <= limit for piece in pieces)
    if FENCE not in text:
        assert bare("".join(pieces)) == bare(text)


def test_short_text_is_left_alone():
    assert split_text("  Привет!  ") == ["Привет!"]


def test_blanks_are_no_message():
    assert split_text(" \n ") == []


def test_it_counts_as_telegram_does():
    pieces = split_text("😀" * 4096)
    assert [units(piece) for piece in pieces] == [4092, 4092, 8]


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("Одно предложение. Второе предложение, подлиннее первого.", "Одно предложение."),
        ("Первая строка текста\nДва. Три. И ещё немного слов", "Первая строка текста"),
        ("Абзац. Ещё слова.\n\nВторой.\nОн. Подлиннее первого", "Абзац. Ещё слова."),
    ],
)
def test_it_cuts_at_the_best_border(text, first):
    assert split_text(text, 34)[0] == first


def test_cut_code_block_is_closed_and_opened_again():
    pieces = split_text("Вот код:\n```python\n" + "print('x')\n" * 30 + "```\nГотово.", 120)
    assert len(pieces) > 2
    assert all(piece.count(FENCE) % 2 == 0 for piece in pieces)
    assert all(piece.startswith("```python") for piece in pieces[1:-1])


class Balance(HTMLParser):
    def __init__(self):
        super().__init__()
        self.open, self.text, self.bad = [], "", False

    def handle_starttag(self, tag, attrs):
        self.open.append(tag)

    def handle_endtag(self, tag):
        self.bad = self.bad or not self.open or self.open.pop() != tag

    def handle_data(self, data):
        self.text += data


def parse(html):
    parser = Balance()
    parser.feed(html)
    parser.close()
    return parser


HTML = st.lists(
    st.one_of(
        st.sampled_from(["<b>имя</b>", "<i>a <b>б</b></i>", "&lt;", "&amp;", "&quot;", "\n", " ", ". "]),
        st.text(st.sampled_from("абв 😀.,\n"), max_size=30),
        st.text(st.sampled_from("абв .\n"), min_size=1, max_size=90).map(lambda text: f"<i>{text}</i>"),
    ),
    max_size=40,
).map("".join)


@given(HTML)
@settings(max_examples=300, deadline=None)
def test_html_is_whole_in_every_piece(html):
    pieces = split_html(html, 80)
    parsed = [parse(piece) for piece in pieces]
    assert all(units(piece) <= 80 for piece in pieces)
    assert not any(one.bad or one.open for one in parsed)
    assert bare("".join(one.text for one in parsed)) == bare(parse(html).text)
    assert not any(re.search(r"&(?!(lt|gt|amp|quot);)", piece) for piece in pieces)
