"""Frames are written with class names and compiled to regular expressions over class codes.

CONN _{0,3} STAFF      a connect verb, up to three words, a role
^ (GREET|PLEASE)* ROLE $
"""

import re

from llm.handoff.lexicon import CODE

SETS = {
    "_": None,
    "STAFF": "ROLE CHIEF DEPT",
    "PERSON": "ROLE CHIEF DEPT HUMAN SOMEONE",
    "ANYONE": "ROLE CHIEF DEPT HUMAN SOMEONE PRO",
    "LINK": "WITH TO",
    "MOVE": "CONN PASS GIVE",
    "FLUFF": "GREET PLEASE OK SWEAR THANK VOC AND BUT THIS I ME LIVE MY YOUR DET HELP BE",
    "WISH": "WANT CAN PLEASE HELP",
    "POLITE": "GREET PLEASE OK SWEAR AND BUT THANK VOC",
}
_NAME = re.compile(r"[A-Z][A-Z_]*|(?<![A-Za-z])_(?![A-Za-z])")


def compile_pattern(pattern: str) -> re.Pattern[str]:
    """A regular expression over a clause's class codes; raises KeyError for an unknown class name."""
    return re.compile(_NAME.sub(lambda found: _code(found[0]), pattern).replace(" ", ""))


def _code(name: str) -> str:
    if name == "_":
        return "."
    if name in SETS:
        return "[" + "".join(CODE[part] for part in SETS[name].split()) + "]"
    return CODE[name]
