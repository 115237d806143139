"""Finds a key word behind a typing error or inside a glued word.

An index of deletions (every key form with up to two letters left out) makes "within distance one or two"
a handful of dictionary look-ups.
"""

from functools import lru_cache
from pathlib import Path

from llm.handoff.lexicon import EXACT, KEY_CLASSES, STEMS, look_up

# Classes whose words are looked for under typing errors; the rest are too short or too near to other words.
_NOUNS = frozenset("ROLE CHIEF DEPT HUMAN SOMEONE BOT".split())
_VERBS = frozenset("CONN TALK CONTACT".split())
_NOUN_ENDINGS = (
    "",
    "а",
    "у",
    "ом",
    "е",
    "ы",
    "и",
    "ов",
    "ам",
    "ами",
    "ой",
    "ей",
    "ю",
    "ию",
    "ии",
    "ого",
    "ому",
    "ым",
)
_VERB_ENDINGS = ("", "и", "ите", "ить", "ать", "ять", "ай", "айте", "ться", "аться", "е", "те")
_ENGLISH_ENDINGS = ("", "s", "ing", "ed")
_SHORTEST_FUZZY = 5
_SHORTEST_FUZZY_TWICE = 8
# Words one letter away from a key word that mean something else.
_NOT_A_TYPO = frozenset((Path(__file__).parent / "data" / "known_words.txt").read_text("utf-8").split())


def _forms() -> list[str]:
    forms = {word for word, name in EXACT.items() if name in _NOUNS or name in _VERBS}
    for stem, name in STEMS.items():
        if name in _NOUNS or name in _VERBS:
            endings = _NOUN_ENDINGS if name in _NOUNS else _VERB_ENDINGS
            forms.update(stem + ending for ending in (endings if stem[0] >= "а" else _ENGLISH_ENDINGS))
    return sorted(form for form in forms if len(form) >= _SHORTEST_FUZZY)


def _deletions(word: str, twice: bool) -> set[str]:
    once = {word[:n] + word[n + 1 :] for n in range(len(word))}
    if not twice:
        return once
    return once | {short[:n] + short[n + 1 :] for short in once for n in range(len(short))}


def _index() -> dict[str, str]:
    index: dict[str, str] = {}
    forms = _forms()
    for form in forms:
        index[form] = form
    for form in forms:
        for short in _deletions(form, twice=False):
            index.setdefault(short, form)
    return index


_INDEX = _index()


# Letters that stand beside or above one another on the keyboard, and letters that sound alike.
_KEYBOARD = ("йцукенгшщзхъ", "фывапролджэ", "ячсмитьбю", "qwertyuiop", "asdfghjkl", "zxcvbnm")
_BELOW = ((0, 1), (1, 2), (3, 4), (4, 5))
_SOUND_ALIKE = "ао еи ея иы эе уо аэ бп вф гк дт жш зс щш чщ цс ьъ гх йи ae ei ou ao io ea ck sz sc td bp vf gk mn iy uo 0o".split()


def _confused() -> frozenset[frozenset[str]]:
    pairs = {frozenset(pair) for pair in _SOUND_ALIKE}
    for row in _KEYBOARD:
        pairs.update(frozenset(row[n : n + 2]) for n in range(len(row) - 1))
    for upper, lower in _BELOW:
        for n, letter in enumerate(_KEYBOARD[lower]):
            pairs.update(frozenset((letter, above)) for above in _KEYBOARD[upper][n : n + 2])
    return frozenset(pairs)


_CONFUSED = _confused()


@lru_cache(maxsize=20_000)
def correct(word: str) -> str | None:
    """The key word that `word` is a typing error of, or None."""
    if len(word) < _SHORTEST_FUZZY or is_known(word):
        return None
    found = _INDEX.get(word)
    if found is not None:
        return found
    for n in range(len(word) - 1):  # neighbours swapped
        swapped = word[:n] + word[n + 1] + word[n] + word[n + 2 :]
        if _INDEX.get(swapped) == swapped:
            return swapped
    for n in range(len(word) - 1, -1, -1):
        found = _INDEX.get(word[:n] + word[n + 1 :])
        if (
            found is not None
            and _same_start(found, word)
            and abs(len(found) - len(word)) <= 1
            and _is_slip(word, found)
        ):
            return found
    if len(word) >= _SHORTEST_FUZZY_TWICE:
        for short in sorted(short for short in _deletions(word, twice=True) if short in _INDEX):
            found = _INDEX[short]
            if _same_start(found, word) and found[1] == word[1] and len(found) >= _SHORTEST_FUZZY_TWICE:
                return found
    return None


def is_known(word: str) -> bool:
    """Whether this is a word of its own, however near to a key word."""
    return word in _NOT_A_TYPO


def _is_slip(word: str, form: str) -> bool:
    """Whether a finger or an ear could have put one letter for another: "казани" is not a mistyped "катани"."""
    if len(word) != len(form) or len(word) >= _SHORTEST_FUZZY_TWICE:
        return True
    wrong = [pair for pair in zip(word, form, strict=True) if pair[0] != pair[1]]
    return len(wrong) != 1 or frozenset(wrong[0]) in _CONFUSED


def _same_start(form: str, word: str) -> bool:
    # Unstressed vowels are written as they are heard: "аператор", "иму".
    return form[0] == word[0] or {form[0], word[0]} in ({"а", "о"}, {"е", "и"})


_SHORT_PARTS = frozenset(
    """мне не я вас нужен нужна хочу дай дайте меня с на к у вы и мы есть ли со живой живого живым живому можно то кто пожалуйста
    a an i to with me my the you your u is do it now please can want need live real in for of could would talk speak contact some""".split()
)


_GLUED_CLASSES = KEY_CLASSES | {"SWEAR", "ANSWERS"}


@lru_cache(maxsize=5_000)
def unglue(word: str) -> tuple[str, ...] | None:
    """`соединитесоператором` -> three words; None unless all of it is known words, one of them a key word."""
    if not 7 <= len(word) <= 60 or is_known(word):
        return None
    best: list[tuple[str, ...] | None] = [()] + [None] * len(word)
    for end in range(1, len(word) + 1):
        for start in range(max(0, end - 16), end):
            head, part = best[start], word[start:end]
            if head is None or not _is_part(part):
                continue
            if best[end] is None or len(head) + 1 < len(best[end]):
                best[end] = (*head, part)
    parts = best[-1]
    if (
        parts is None
        or len(parts) < 2
        or not any(len(part) >= 4 and look_up(part) in KEY_CLASSES for part in parts)
    ):
        return None
    return parts


def _is_part(part: str) -> bool:
    if len(part) < 4:
        return part in _SHORT_PARTS
    return (
        look_up(part) in _GLUED_CLASSES or part in _SHORT_PARTS or (part in _INDEX and _INDEX[part] == part)
    )
