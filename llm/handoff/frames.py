"""How people ask for a person: patterns over the class codes of one clause, for both languages."""

from llm.handoff.lexicon import CODE
from llm.handoff.patterns import compile_pattern

# Each is enough for a hand-over when no veto speaks against it in the same clause.
STRONG = {
    "connect-role": "(CONN|PASS|GIVE) _{0,4} (ROLE|CHIEF|DEPT)",
    "connect-human": "(CONN|GIVE) _{0,3} (HUMAN|SOMEONE)",
    "pass-human": "PASS (ME|PLEASE|LINK|LIVE|DET)* (HUMAN|SOMEONE)",
    "role-connect": "(ROLE|CHIEF|HUMAN|DEPT) (PLEASE|ME|SWEAR|AND|LINK|YOU){0,3} (CONN|GIVE|PASS)",
    "want-talk": "(WANT|CAN|HELP|GIVE|HOW) _{0,4} (TALK|CONTACT) _{0,3} ANYONE",
    "talk-to": "^ (FLUFF|WISH|ABOUT)* (TALK|CONTACT) (LINK|DET|LIVE|SWEAR|YOUR|PLEASE|ME|ABOUT|ELSE)* ANYONE",
    "to-person-talk": "(WITH|TO) (LIVE|YOUR|DET)* ANYONE (_{0,2} (WANT|CAN))? _{0,2} TALK",
    "want-role": "(WANT|PLEASE) (ME|PLEASE|I|TO|LIVE|YOUR|DET|SWEAR|THIS|GIVE|HELP|CONN|TALK|ELSE){0,4} (ROLE|CHIEF|DEPT|HUMAN|SOMEONE)",
    "role-want": "(ROLE|CHIEF|HUMAN|LIVE) (ME|PLEASE|TO|YOU){0,2} WANT",
    "can-role": "^ (POLITE)* (AND|THIS)* CAN (PLEASE|ME|I|LIVE|YOUR|THIS)* (ROLE|CHIEF|HUMAN|SOMEONE|DEPT)",
    "bare": "^ (POLITE|LIVE|DET|YOUR|ME|LINK|SWEAR)* (LIVE|ROLE|CHIEF|HUMAN|DEPT) (ROLE|HUMAN|DEPT)? (PLEASE|SWEAR|ABOUT|LINK|THIS|GREET|ME|DEPT)* $",
    "live": "(WANT|GIVE|CONN|CAN) (ME|PLEASE|LINK)* LIVE $",
    "no-bot": "NEG _{0,4} (WANT|TALK|GIVE|CONN|HELP) _{0,4} BOT",
    "bot-no": "(WITH|LINK|TO) (DET|THIS|YOUR|COMPLAIN|SWEAR|LIVE)* BOT _{0,3} NEG",
    "not-bot": "(PERSON|LIVE|WANT|TALK) _{0,3} NEG (WITH|TO|DET|THIS|YOUR|SWEAR|COMPLAIN)* BOT",
    "any-alive": "(X|BE|WHO|THIS) _{0,2} (WHO|LIVE|SOMEONE) (THIS|LIVE|HUMAN|X)* (HUMAN|LIVE|ROLE)",
    "who-talk": "(WITH|TO|WHO) (WHO|CAN|I|ME)+ _{0,2} (CAN|TALK|I) _{0,3} TALK",
    "let-person": "(IF|WANT|GIVE) _{0,2} (HUMAN|SOMEONE|ROLE|CHIEF) _{0,2} (ANSWERS|HELP|CONTACT|TALK)",
    "person-answer": "(HUMAN|SOMEONE|ROLE) (PLEASE|ME)* (ANSWERS|HELP) (ME|PLEASE)* $",
    "zero": "^ (CONN|PRESS|PLEASE|TO|I)* ZERO (ZERO|PLEASE|TO|ABOUT|DET|HUMAN|ROLE)* $",
    "called": "VOC (ME|PLEASE|LINK)* (CONN|GIVE)|(CONN|GIVE) (ME|PLEASE|X)* VOC",
    "no-use-without": "NEG (LIVE|YOUR)? (ROLE|HUMAN|CHIEF) _{0,3} NEG",
    "how-to-reach": "(HOW|WHERE|WHAT|IF) _{0,3} (X|CONN|TALK|CONTACT|PASS) _{0,3} (ROLE|HUMAN|SOMEONE|LIVE|CHIEF)",
    "will-person": "(ROLE|HUMAN|SOMEONE|CHIEF|PRO) (LIVE|THIS|AND|CAN|ME|PLEASE|X)* ANSWERS",
    "connect-me": "^ (POLITE|CAN|YOU|WANT|ABOUT|X|OBJ|TO|LINK)* CONN (ME|PLEASE|SWEAR|BOT)* (ABOUT _*)? $",
}
FRAMES = {name: compile_pattern(pattern) for name, pattern in STRONG.items()}

VETO_PATTERNS = {
    "negated": "NEG (YOU|ME|I|THIS|WANT|CAN|PLEASE|TO|LIVE){0,3} (CONN|PASS|GIVE|TALK|CONTACT|PERSON)(?!_*BOT)",
    "not-needed": "PERSON _{0,2} NEG (WANT|CONN|PASS|GIVE)",
    "do-not": "NEG (ME|YOU|PLEASE|TO)? (CONN|PASS|GIVE) (?!_*BOT)",
    "no-need": "NEG (WANT|X) (TO|ME|YOU)* (CONN|PASS|TALK|CONTACT|PERSON)",
    "thanked": "THANK (YOUR|TO|DET|X|WITH)? PERSON",
    "as-person": "(X|VISIT|OBJ|ABOUT) (ABOUT|TO) HUMAN|HUMAN (X|WITH) (X|NUM)",
    "done-yet": "^ (YOU|X|IF|AND|CAN)* (CAN|X|PAST) (X|YOU|IF)* (TALK|CONN|PASS|CONTACT) WITH",
    "told": "PERSON _{0,2} PAST",
    "told-by": "PAST _{0,3} PERSON",
    "telecom": "TELECOM _? (ROLE|PERSON)|ROLE _? (TELECOM)",
    "job": "JOB",
    "count": "(HOWMANY|NUM) _? (HUMAN|ROLE|PERSON)",
    "identity": "^ (FLUFF|CAN|WANT|IF|X)* (YOU|THIS|BE|I) (YOU|THIS|AND|BE|DET|LIVE|I|WITH|TO|X)* (HUMAN|BOT|LIVE) (OR|BOT|HUMAN|LIVE|DET|AND|BE|YOU|X)* $",
    "hours": "(HOURS|WHEN|WHAT) _{0,6} (DEPT|PERSON)|(DEPT|PERSON) _{0,3} HOURS",
    "phone": "PHONE _{0,7} (DEPT|PERSON)|PERSON _? PHONE",
    "for-another": "(OBJ|X|TO) (TO|ABOUT) ELSE HUMAN|ELSE (ROLE|HUMAN)",
    "rights": "RIGHTS _{0,3} ROLE|ROLE _{0,2} RIGHTS",
    "visit": "(CONN|WANT|PASS) _{0,3} PRO|(ROLE|PRO) (TO|ABOUT|X)? VISIT|VISIT _{0,2} (ROLE|PRO)|PAST _{0,2} (ROLE|PRO)",
    "brought": "BRING _{0,3} (HUMAN|SOMEONE|ROLE)",
    "asked-through": "WANT DET? (ROLE|HUMAN) (HOW|WHERE|IF|WHAT|WHEN|TO|ABOUT)",
}
VETOES = {name: compile_pattern(pattern) for name, pattern in VETO_PATTERNS.items()}

# A clause in which one of these fires is no request whatever else it says, unless it rejects a bot.
_GAP = "(TO|DET|LIVE|ME|YOUR|YOU|PLEASE|WITH|BE|ELSE|CHIEF)*"
DENIAL_PATTERNS = {
    "refused": f"(?<!IF) NEG (WANT|WILL|TO|YOU|ME|PLEASE|BE){{0,4}} (CONN|PASS|TALK|CONTACT) {_GAP} PERSON",
    "unwanted": f"NEG (WANT|WILL) {_GAP} PERSON",
    "refused-after": f"(WITH|TO) {_GAP} PERSON (TALK|CONTACT|ME|X)? NEG (WANT|WILL|TALK) (TALK|CONTACT)? (ME|PLEASE|THANK)* $",
    "unwanted-after": "PERSON (ME|THIS|PLEASE|YOU|BE|X)? NEG WANT (CONN|PASS|TALK|ME|PLEASE|THANK|GIVE)* $",
    "either": "(HUMAN|ROLE|LIVE) OR (DET|LIVE)* BOT|BOT OR (DET|LIVE)* (HUMAN|ROLE|LIVE)",
    "what-hours": "(WHAT|HOW) (HOURS|PHONE) _{0,7} (PERSON|PHONE|CONTACT)|WHEN (CAN|BE|DO) (I)? _{0,2} (CONTACT|DEPT)",
    "what-number": "PHONE (TO|DET|ABOUT|YOUR|THIS|CONTACT|TALK|CAN|I)* (DEPT|ROLE)",
}
DENIALS = {name: compile_pattern(pattern) for name, pattern in DENIAL_PATTERNS.items()}
_BOT = CODE["BOT"]


def denial(codes: str) -> tuple[str, int, int] | None:
    """The name and the place of the pattern that rules a request out, or None."""
    for name, pattern in DENIALS.items():
        if name == "either" or _BOT not in codes:
            found = pattern.search(codes)
            if found:
                return name, found.start(), found.end()
    return None


def matches(codes: str) -> tuple[list[str], list[str]]:
    """Names of the frames and of the vetoes that fire in a clause."""
    hits = [name for name, frame in FRAMES.items() if frame.search(codes)]
    return hits, [name for name, veto in VETOES.items() if veto.search(codes)]
