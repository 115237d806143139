"""A visitor's text as clauses of clean words, each with its class.

Undoes what keeps a word from being recognised: full-width and look-alike letters, ё, stretched and spaced
letters, the wrong keyboard layout, translit, glued words, typing errors in the words that matter.
"""

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

from llm.handoff import alphabets
from llm.handoff.lexicon import CODE, EXACT, KEY_CLASSES, look_up
from llm.handoff.spelling import correct, is_known, unglue

# A reader of a longer message would not look for a request in its middle either; it also bounds the time.
LONGEST_TEXT = 4000
_HALF = LONGEST_TEXT // 2

_INVISIBLE = re.compile(
    "[\u00ad\u034f\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufe00-\ufe0f\ufeff\U0001f3fb-\U0001f3ff]"
)
_PERSON_EMOJI = re.compile("[\U0001f468\U0001f469\U0001f464\U0001f465\U0001f481\U0001f9d1\U0001f5e3]")
_STRETCHED = re.compile(r"([^\W\d_])\1{2,}")
_SPACED = re.compile(r"(?<!\w)(?:\w[ .\-_*]){4,}\w(?!\w)")
_TOKEN = re.compile(
    r"\d+(?:[.,:/]\d+)+|[a-z][a-z0-9.]*[_=][a-z0-9_=.]+|[a-zа-яčšžě0-9$@]+(?:['*\-][a-zа-яčšžě0-9*]+)*\**|[.!?;…]+|\n+|[,:()\u2014]| - |[\"«»]"
)
_CHUNK_OF_LATIN_KEYS = re.compile(r"[a-z;',.\[\]`]{3,}")
_TAG = re.compile(r"<[^<>]{0,30}>")
_CODE_LIKE = re.compile(r"[_=]")
_MASKED = re.compile(r"[a-zа-я]+[*#@$%]+[a-zа-я*]*")
_PUNCTUATION = {
    ",": "COMMA",
    ":": "COMMA",
    "(": "COMMA",
    ")": "COMMA",
    "\u2014": "COMMA",
    " - ": "COMMA",
    '"': "QUOTE",
    "«": "QUOTE",
    "»": "QUOTE",
}


# Beside one of these a word in Latin letters is English: "same day delivery" has no «дай» in it.
_ENGLISH = frozenset(
    "the an is are was were of for this that and or does can could will would what where when how why not your you have has "
    "with it in we they there need want if from about i'm don't i'd".split()
)
# A zero means an operator only where it stands alone or a key is pressed: "0", "press 0 for an agent".
_END = "".join(CODE[name] for name in ("STOP", "ASK", "COMMA"))
_KEYPAD = re.compile(
    "(?:^|[{end}])[{before}]*{zero}[{after}]*(?:$|[{end}])".format(
        end=_END,
        before="".join(CODE[name] for name in ("PRESS", "CONN", "I")),
        zero=CODE["ZERO"],
        after="".join(CODE[name] for name in "ZERO PLEASE TO ABOUT DET HUMAN ROLE DEPT".split()),
    )
)


@dataclass(frozen=True, slots=True)
class Tokens:
    """Words and their class codes, position by position."""

    words: tuple[str, ...]
    codes: str


def tokenise(text: str, language: str | None = None) -> Tokens:
    """Clean words of a text with their classes; never raises, and reads at most `LONGEST_TEXT` characters."""
    words: list[str] = []
    codes: list[str] = []
    raws = _TOKEN.findall(_clean(text))
    english = not _ENGLISH.isdisjoint(raws)
    for raw in raws:
        if raw[0] in ".!?;…\n":
            name = "ASK" if "?" in raw else "STOP"
            words.append(raw[0])
            codes.append(CODE[name])
        elif raw in _PUNCTUATION:
            words.append(raw)
            codes.append(CODE[_PUNCTUATION[raw]])
        else:
            for word, name in _recognise(raw, english):
                words.append(word)
                codes.append(CODE[name])
    joined = "".join(codes)
    if CODE["ZERO"] in joined and not _KEYPAD.search(joined):
        joined = joined.replace(CODE["ZERO"], CODE["NUM"])
    return Tokens(tuple(words), joined)


def forget_words() -> None:
    """Empty the caches of recognised words, so that a measurement sees every word for the first time."""
    for cached in (_recognise, _russian_class, look_up, correct, unglue):
        cached.cache_clear()


def _clean(text: str) -> str:
    if len(text) > LONGEST_TEXT:
        text = text[:_HALF] + "\n" + text[-_HALF:]
    text = unicodedata.normalize("NFKC", text)
    text = _INVISIBLE.sub("", text).lower()
    if not text.isascii():
        text = (
            text.replace("ё", "е")
            .replace("\u2019", "'")
            .replace("\u2018", "'")
            .replace("`", "'")
            .replace("\u2013", "-")
            .replace("й", "й")
        )
        text = text.replace("“", '"').replace("”", '"').replace("„", '"').replace("і", "и").replace("є", "е")
        text = _PERSON_EMOJI.sub(" человек ", text)
    if "<" in text:
        text = _TAG.sub(" . ", text)
    text = _STRETCHED.sub(r"\1", text)
    text = _SPACED.sub(lambda found: " " + re.sub(r"[ .\-_*]", "", found[0]) + " ", text)
    return _undo_layout(text)


def _undo_layout(text: str) -> str:
    chunks = _CHUNK_OF_LATIN_KEYS.findall(text)
    if chunks and not alphabets.CYRILLIC.search(text):
        # Latin letters that are Russian words when the same keys are pressed in the other layout.
        hits = misses = wanted = 0
        for chunk in chunks:
            bare = chunk.strip(",.;'")
            if bare in EXACT or look_up(bare):
                misses += 1
            else:
                classes = [
                    _russian_class(keys.translate(alphabets.TO_RUSSIAN_KEYS)) for keys in (chunk, bare)
                ]
                hits += any(classes)
                # Nothing else is worth another layout, and many an English word is some Russian word's keys.
                wanted += not KEY_CLASSES.isdisjoint(classes)
        if wanted and hits >= misses:
            return text.translate(alphabets.TO_RUSSIAN_KEYS)
    elif not chunks and alphabets.CYRILLIC.search(text) and not alphabets.LATIN.search(text):
        words = re.findall("[а-я]+", text)
        other = [word.translate(alphabets.TO_LATIN_KEYS) for word in words]
        if any(len(word) > 3 and look_up(word) for word in other) and not any(
            look_up(word) for word in words if len(word) > 2
        ):
            return text.translate(alphabets.TO_LATIN_KEYS)
    return text


@lru_cache(maxsize=20_000)
def _russian_class(word: str) -> str | None:
    word = word.strip("бюэж.,") if not look_up(word) else word
    return look_up(word) if len(word) > 3 and word[0] >= "а" else None


@lru_cache(maxsize=20_000)
def _recognise(raw: str, english: bool) -> list[tuple[str, str]]:
    name = look_up(raw)
    if name:
        return [(raw, name)]
    if raw[0].isdigit() and not raw.strip("0123456789.,:/"):
        return [("9", "NUM")] if raw.strip("0") else [("0", "ZERO")]
    if _CODE_LIKE.search(raw):
        return [(raw, "X")]
    if _MASKED.fullmatch(raw):
        return [(raw, "SWEAR")]
    word = alphabets.one_script(raw)
    found = _find(word)
    if found:
        return found
    if "-" in word or "'" in word:
        parts = [part for part in re.split("[-']", word) if part]
        if any(look_up(part) for part in parts):
            return [(part, look_up(part) or "X") for part in parts]
    if (
        not english
        and not is_known(word)
        and alphabets.LATIN.search(word)
        and not alphabets.CYRILLIC.search(word)
    ):
        russian = alphabets.transliterate(word)
        if len(russian) > 2 and (name := look_up(russian)):
            return [(russian, name)]
    return [(word, "X")]


def _find(word: str) -> list[tuple[str, str]] | None:
    name = look_up(word)
    if name:
        return [(word, name)]
    single = re.sub(r"(.)\1", r"\1", word)
    if single != word and not is_known(word) and (name := look_up(single)) and len(single) > 3:
        return [(single, name)]
    close = correct(word)
    if close is not None:
        return [(close, look_up(close) or "X")]
    parts = unglue(word)
    if parts is not None:
        return [(part, look_up(part) or "X") for part in parts]
    return None
