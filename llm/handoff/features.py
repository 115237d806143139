"""What the linear model sees of a clause: n-grams of classes, words, endings, and which frames and vetoes fired."""

from llm.handoff import frames
from llm.handoff.clauses import Clause
from llm.handoff.lexicon import CODE

_STEM = 6
_REACH = 6
_FLUFF = frozenset(
    CODE[name] for name in "X PLEASE GREET OK SWEAR THANK VOC AND DET TO BE THIS COMMA QUOTE".split()
)
_INFLECTED = frozenset(
    CODE[name] for name in "ROLE CHIEF HUMAN PRO CONN PASS TALK ANSWERS GIVE PAST DEPT BOT".split()
)
# Classes without one of which nobody has ever asked for a person; most clauses of a story have none and cost nothing.
ANCHORS = frozenset(
    CODE[name]
    for name in "ROLE CHIEF PRO DEPT HUMAN SOMEONE LIVE BOT CONN PASS TALK CONTACT ANSWERS ELSE ZERO GIVE".split()
)


def has_anchor(codes: str) -> bool:
    """Whether a clause is worth scoring at all."""
    return not ANCHORS.isdisjoint(codes)


def extract(clause: Clause, *, alone: bool) -> set[str]:
    """Feature names of a visitor's clause; `alone` when it is the whole message."""
    found = _shared(clause)
    found.add("alone" if alone else "part")
    hits, vetoes = frames.matches(clause.codes)
    found.update(f"f:{name}" for name in hits)
    found.update(f"v:{name}" for name in vetoes)
    found.update(f"{hit}&{veto}" for hit in hits for veto in vetoes)
    if hits:
        found.add("f&v" if vetoes else "f!")
    return found


def extract_from_draft(sentence: Clause, *, alone: bool, cues: list[str]) -> set[str]:
    """Feature names of a sentence of a bot's draft, with the admission cues that were found in it."""
    found = _shared(sentence)
    found.add("alone" if alone else "part")
    stems = [word[:_STEM] for word in sentence.words]
    found.update(" ".join(stems[n : n + 3]) for n in range(len(stems) - 2))
    found.update(f"f:{cue}" for cue in cues)
    if cues:
        found.add("f!")
    return found


def _shared(clause: Clause) -> set[str]:
    codes = f"^{clause.codes}{'?' if clause.question else ''}$"
    found: set[str] = set()
    add = found.add
    found.update(codes[:-1])
    for length in (2, 3, 4):
        found.update([codes[n : n + length] for n in range(len(codes) - 1)])
    kept = [code for code in clause.codes if code not in _FLUFF]
    for n, first in enumerate(kept):
        found.update([f"~{first}{second}" for second in kept[n + 1 : n + _REACH]])
    before, before_code = "^", "^"
    for word, code in zip(clause.words, clause.codes, strict=True):
        stem = word[:_STEM]
        add(f"w{stem}")
        add(f"{before} {stem}")
        add(f"{before_code}>{stem}")
        add(f"{before}>{code}")
        if code in _INFLECTED:
            add(f"{code}-{word[-2:]}")
        before, before_code = stem, code
    add(f"{before}>$")
    add(f"n{min(len(clause.words), 9)}")
    return found
