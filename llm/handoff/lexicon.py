"""One class for each token: the alphabet in which frames are written.

ROLE operator, CHIEF supervisor, PRO doctor or courier, DEPT support, HUMAN person, SOMEONE, LIVE real,
BOT robot, CONN connect, PASS hand over, GIVE, TALK, CONTACT, ANSWERS (a person acts), WANT, CAN, HELP,
PLEASE, GREET, NEG, PAST (a person acted), YOU/YOUR/ME/I/MY/THIS, question words, PHONE, HOURS, and the
nouns that make a role somebody else's: TELECOM (tour, crane, mobile), JOB, RIGHTS (product roles), OBJ, VISIT; ZERO and PRESS,
a keypad's way of asking for an operator.
Punctuation has its own: COMMA, STOP, ASK (?), QUOTE. Everything else is X.
"""

from functools import lru_cache

from llm.handoff import lexicon_en, lexicon_ru

CLASSES = (
    "ROLE CHIEF PRO DEPT HUMAN SOMEONE LIVE BOT CONN PASS GIVE BRING TALK CONTACT ANSWERS WANT CAN HELP PLEASE GREET NEG "
    "PAST WHEN_PAST WHEN_FUT YOU YOUR ME I MY THIS WHAT WHO WHERE WHEN HOW WHY HOWMANY IF NUM HOURS PHONE TELECOM "
    "JOB RIGHTS OBJ WITH TO ABOUT AND OR BUT ELSE COMPLAIN SWEAR OK THINK THIRD VISIT UNDERSTAND DET BE DO "
    "ZERO PRESS THANK VOC WILL CANT AVAIL X COMMA STOP ASK QUOTE"
).split()
# One printable character each, so that a clause is a string and a frame is a regular expression over it.
CODE = {name: chr(0x100 + n) for n, name in enumerate(CLASSES)}
NAME = {code: name for name, code in CODE.items()}
LONGEST_ENDING = 5
# Classes whose words are worth finding under a typing error, inside a glued word or behind a wrong layout.
KEY_CLASSES = frozenset(
    "ROLE CHIEF DEPT HUMAN SOMEONE LIVE BOT CONN PASS GIVE TALK CONTACT WANT PLEASE HELP".split()
)


def _load() -> tuple[dict[str, str], dict[str, str]]:
    exact: dict[str, str] = {}
    stems: dict[str, str] = {}
    for words in (lexicon_ru.WORDS, lexicon_en.WORDS):
        for name, text in words.items():
            for word in text.split():
                if word.endswith("*"):
                    stems.setdefault(word[:-1], name)
                else:
                    exact.setdefault(word, name)
    return exact, stems


EXACT, STEMS = _load()
SHORTEST_STEM = min(map(len, STEMS))


@lru_cache(maxsize=20_000)
def look_up(word: str) -> str | None:
    """The class of a normalised word, by its exact form, else by its longest stem; None when unknown."""
    name = EXACT.get(word)
    if name is not None:
        return name
    for cut in range(LONGEST_ENDING + 1):
        stem = word[: len(word) - cut] if cut else word
        if len(stem) < SHORTEST_STEM:
            break
        if stem in STEMS:
            return STEMS[stem]
    return None
