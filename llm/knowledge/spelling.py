"""Near words: typing errors and words of one root, for a PostgreSQL without pg_trgm."""

from collections.abc import Iterable

SHORTEST_CORRECTED = 4
TWO_ERRORS_FROM = 8
SHORTEST_ROOT = 4
LONGEST_SUFFIX = 4
SHORTEST_ENDING = 5  # letters of a known word that a compound ends in: электрочайник
# What Russian puts before a verb without leaving its subject: завезти and привезти, заплатить and оплатить.
PREFIXES = (
    "пере",
    "рас",
    "раз",
    "при",
    "про",
    "под",
    "об",
    "от",
    "вы",
    "до",
    "за",
    "на",
    "по",
    "с",
    "у",
    "о",
)


def edit_distance(one: str, other: str, limit: int) -> int:
    """Count the edits (insert, delete, replace, swap neighbours) between two words; `limit` + 1 means "more"."""
    if abs(len(one) - len(other)) > limit:
        return limit + 1
    before_previous: list[int] = []
    previous = list(range(len(other) + 1))
    for i, left in enumerate(one, 1):
        current = [i]
        for j, right in enumerate(other, 1):
            cost = min(previous[j] + 1, current[j - 1] + 1, previous[j - 1] + (left != right))
            if i > 1 and j > 1 and left == other[j - 2] and one[i - 2] == right:
                cost = min(cost, before_previous[j - 2] + 1)
            current.append(cost)
        if min(current) > limit:
            return limit + 1
        before_previous, previous = previous, current
    return previous[-1]


def correct(word: str, vocabulary: Iterable[str]) -> list[str]:
    """Return the words of the vocabulary that `word` is a typing error of, the nearest ones only."""
    if len(word) < SHORTEST_CORRECTED or word.isdigit():
        return []
    limit = 2 if len(word) >= TWO_ERRORS_FROM else 1
    found: dict[int, list[str]] = {}
    for candidate in vocabulary:
        if len(candidate) < SHORTEST_CORRECTED:
            continue
        distance = edit_distance(word, candidate, limit)
        if distance <= limit:
            found.setdefault(distance, []).append(candidate)
    return found[min(found)] if found else []


def of_one_root(word: str, vocabulary: Iterable[str]) -> list[str]:
    """Return the words that share so long a beginning with `word` that the stemmer only missed an ending."""
    return [candidate for candidate in vocabulary if candidate != word and share_root(word, candidate)]


def share_root(one: str, other: str) -> bool:
    """Tell whether two stems differ in a short ending only: гарант and гарантийн, return and returnabl."""
    shorter, longer = sorted((one, other), key=len)
    common = next(
        (n for n, letters in enumerate(zip(shorter, longer, strict=False)) if len(set(letters)) > 1),
        len(shorter),
    )
    if common == len(shorter):
        return common >= SHORTEST_ROOT and len(longer) - common <= LONGEST_SUFFIX
    return common > SHORTEST_ROOT and common >= len(shorter) - len(shorter) // 4


def of_one_stem(word: str, vocabulary: Iterable[str]) -> list[str]:
    """Return the words that differ from a Russian `word` in the prefix, or that it is a compound with."""
    bare = _bare_forms(word)
    return [
        candidate
        for candidate in vocabulary
        if any(share_root(one, other) for one in bare for other in _bare_forms(candidate))
        or (len(candidate) >= SHORTEST_ENDING and word.endswith(candidate))
    ]


def _bare_forms(word: str) -> list[str]:
    """The word, and what is left of it without a prefix, where that is long enough to mean something."""
    cut = [word[len(prefix) :] for prefix in PREFIXES if word.startswith(prefix)]
    return [word, *(rest for rest in cut if len(rest) >= SHORTEST_ROOT)]
