"""Texts and entities: what Telegram makes of markup, and how it complains."""

import pytest

from telegram_bot.sandbox.errors import BotApiError
from telegram_bot.sandbox.formatting import formatted_text, person_text, utf16_length
from telegram_bot.sandbox.formatting.text import split_text


def kinds(entities):
    return [(entity["type"], entity["offset"], entity["length"]) for entity in entities]


MARKDOWN = [
    ("*жирный* и _курсив_", "жирный и курсив", [("bold", 0, 6), ("italic", 9, 6)]),
    ("🏟 🏟_🏟 __🏟___", "🏟 🏟🏟 🏟", [("italic", 5, 5), ("underline", 8, 2)]),
    ("🏟 🏟`🏟 🏟```", "🏟 🏟🏟 🏟", [("code", 5, 5)]),
    ("🏟 🏟```py\n🏟```", "🏟 🏟🏟", [("pre", 5, 2)]),
    ("||тайна||", "тайна", [("spoiler", 0, 5)]),
    ("[сайт](https://example\\.com/a\\)b)", "сайт", [("text_link", 0, 4)]),
    ("[сайт](nowhere)", "сайт", []),
    ("1\\. Да\\!", "1. Да!", []),
    (">a\n>b\nc", "a\nb\nc", [("blockquote", 0, 4)]),
    (
        ">asd\n>q||e||w||\nx",
        "asd\nqew\nx",
        [("expandable_blockquote", 0, 8), ("spoiler", 5, 1)],
    ),
    ("*a\n>b\n>c\nd*", "a\nb\nc\nd", [("bold", 0, 7), ("blockquote", 2, 4)]),
]


@pytest.mark.parametrize(("source", "text", "entities"), MARKDOWN)
def test_markdown_v2_is_read_as_telegram_reads_it(source, text, entities):
    shown, found = formatted_text(source, parse_mode="MarkdownV2")
    assert (shown, kinds(found)) == (text, entities)


BAD_MARKDOWN = [
    ("Цена 5.", "Character '.' is reserved and must be escaped with the preceding '\\'"),
    ("🏟 🏟_abacaba", "Can't find end of Italic entity at byte offset 9"),
    ("🏟 🏟_abac * asd ", "Can't find end of Bold entity at byte offset 15"),
    ("🏟 🏟```a ", "Can't find end of PreCode entity at byte offset 9"),
    ("🏟 🏟__🏟 _🏟___", "Can't find end of Italic entity at byte offset 23"),
    ("[telegram\\.org](asd\\)", "Can't find end of a URL at byte offset 16"),
    (">*b\n>ld\nld*", "Can't find end of Bold entity at byte offset 1"),
    ("🏟 🏟![👍]", "Custom emoji entity must contain a tg://emoji URL"),
]


@pytest.mark.parametrize(("source", "complaint"), BAD_MARKDOWN)
def test_bad_markdown_v2_is_refused_in_telegrams_words(source, complaint):
    with pytest.raises(BotApiError) as refused:
        formatted_text(source, parse_mode="MarkdownV2")
    assert refused.value.description == f"Bad Request: can't parse entities: {complaint}"


def test_html_is_read_as_telegram_reads_it():
    source = (
        '<b>а</b> <a href="https://a.ru/?x=1&amp;y=2">б</a> <blockquote expandable>в</blockquote> &lt;&laquo;'
    )
    shown, found = formatted_text(source, parse_mode="html")
    assert shown == "а б в <&laquo;"
    assert kinds(found) == [("bold", 0, 1), ("text_link", 2, 1), ("expandable_blockquote", 4, 1)]
    assert found[1]["url"] == "https://a.ru/?x=1&y=2"


def test_pre_with_a_language_is_one_entity():
    _, found = formatted_text('<pre><code class="language-py">x</code></pre>', parse_mode="HTML")
    assert found == [{"type": "pre", "offset": 0, "length": 1, "language": "py"}]


BAD_HTML = [
    ("🏟 🏟&lt;<abac>", 'Unsupported start tag "abac" at byte offset 13'),
    ("<br>", 'Unsupported start tag "br" at byte offset 0'),
    ("<i    aba>", 'Can\'t find end tag corresponding to start tag "i"'),
    ("🏟 🏟&lt;<i   =aba>", 'Empty attribute name in the tag "i" at byte offset 13'),
    ("🏟 🏟&lt;<i    aba  =  190azAz-.,", "Unexpected end of name token at byte offset 27"),
    ("🏟 🏟&lt;<b></b></", "Unexpected end tag at byte offset 20"),
    ("🏟 🏟&lt;<i>a</i   ", "Unclosed end tag at byte offset 17"),
    ("<i>a</em>", 'Unmatched end tag at byte offset 4, expected "</i>", found "</em>"'),
]


@pytest.mark.parametrize(("source", "complaint"), BAD_HTML)
def test_bad_html_is_refused_in_telegrams_words(source, complaint):
    with pytest.raises(BotApiError) as refused:
        formatted_text(source, parse_mode="HTML")
    assert refused.value.description == f"Bad Request: can't parse entities: {complaint}"


def test_unknown_parse_mode_is_refused():
    with pytest.raises(BotApiError, match="unsupported parse_mode"):
        formatted_text("x", parse_mode="Markdown3")


def test_entities_of_people_are_found():
    text = "/start привет 😀 @maria_test a.b@example.com https://ya.ru/x). #тег ya.ru."
    _, found = person_text(text)
    units = text.encode("utf-16-le")
    pieces = [units[2 * e["offset"] : 2 * (e["offset"] + e["length"])].decode("utf-16-le") for e in found]
    assert list(zip([e["type"] for e in found], pieces, strict=True)) == [
        ("bot_command", "/start"),
        ("mention", "@maria_test"),
        ("email", "a.b@example.com"),
        ("url", "https://ya.ru/x"),
        ("hashtag", "#тег"),
        ("url", "ya.ru"),
    ]  # fmt: skip


def test_blanks_around_are_cut_and_entities_move_along():
    shown, found = formatted_text("  \n<b>да</b> ", parse_mode="HTML")
    assert (shown, kinds(found)) == ("да", [("bold", 0, 2)])


def test_given_entities_are_kept_and_those_beyond_the_text_refused():
    bold = {"type": "bold", "offset": 0, "length": 2}
    assert kinds(formatted_text("😀", entities=[bold])[1]) == [("bold", 0, 2)]
    with pytest.raises(BotApiError, match="ends after the end of the text"):
        formatted_text("а", entities=[bold])


def test_emoji_count_twice():
    assert utf16_length("да😀") == 4


def test_long_texts_are_split_at_words_and_never_inside_an_emoji():
    pieces = split_text("слово " * 1000 + "😀" * 3000, 4096)
    assert all(utf16_length(piece) <= 4096 for piece in pieces)
    assert "".join(pieces) == "слово " * 1000 + "😀" * 3000
