"""Latin for Cyrillic and back: look-alikes, the wrong keyboard layout, transliteration."""

import re

_LATIN_KEYS = "qwertyuiop[]asdfghjkl;'zxcvbnm,.`"
_RUSSIAN_KEYS = "йцукенгшщзхъфывапролджэячсмитьбюе"
TO_RUSSIAN_KEYS = str.maketrans(_LATIN_KEYS, _RUSSIAN_KEYS)
TO_LATIN_KEYS = str.maketrans(_RUSSIAN_KEYS, _LATIN_KEYS)

LATIN_TO_CYRILLIC_LOOK = str.maketrans("aceopxykmthbn3640", "асеорхукмтнвпзбчо")
CYRILLIC_TO_LATIN_LOOK = str.maketrans("асеорхукмтнвзі0143", "aceopxykmthb3io1ae")
LEET = str.maketrans("013457@$", "oieastas")

CYRILLIC = re.compile("[а-я]")
CYRILLIC_WORD = re.compile("[а-я]+")
LATIN = re.compile("[a-z]")
RUSSIAN_VOWEL = re.compile("[аеиоуыэюя]")

_SYLLABLES = [
    ("shch", "щ"), ("sch", "щ"), ("yo", "е"), ("jo", "е"), ("zh", "ж"), ("kh", "х"), ("ts", "ц"), ("ch", "ч"), ("sh", "ш"),
    ("yu", "ю"), ("ju", "ю"), ("iu", "ю"), ("ya", "я"), ("ja", "я"), ("ia", "я"), ("ye", "е"), ("je", "е"), ("ay", "ай"), ("ey", "ей"), ("oy", "ой"),
    ("iy", "ий"), ("yy", "ый"), ("ij", "ий"), ("aj", "ай"), ("oj", "ой"), ("ej", "ей"), ("ai", "ай"), ("oi", "ой"), ("ei", "ей"), ("č", "ч"), ("š", "ш"), ("ž", "ж"), ("ě", "е"),
    ("a", "а"), ("b", "б"), ("v", "в"), ("w", "в"), ("g", "г"), ("d", "д"), ("e", "е"), ("z", "з"), ("i", "и"), ("j", "й"),
    ("k", "к"), ("l", "л"), ("m", "м"), ("n", "н"), ("o", "о"), ("p", "п"), ("r", "р"), ("s", "с"), ("t", "т"), ("u", "у"),
    ("f", "ф"), ("x", "х"), ("h", "х"), ("c", "с"), ("y", "ы"), ("q", "я"), ("4", "ч"), ("6", "ш"), ("'", "ь"), ("3", "з"),
]  # fmt: skip
_SYLLABLE = re.compile("|".join(re.escape(latin) for latin, _ in _SYLLABLES))
_LETTERS = dict(_SYLLABLES)


def transliterate(word: str) -> str:
    """Russian written in Latin letters, back in Cyrillic: `svyazhite` -> `свяжите`."""
    return _SYLLABLE.sub(lambda found: _LETTERS[found[0]], word)


def one_script(word: str) -> str:
    """A word of mixed letters in one script, Cyrillic when all of it can be: `oпeратop` -> `оператор`."""
    cyrillic = CYRILLIC.search(word)
    if cyrillic and not (word.isalpha() and CYRILLIC_WORD.fullmatch(word)):
        russian = word.translate(LATIN_TO_CYRILLIC_LOOK)
        return word.translate(CYRILLIC_TO_LATIN_LOOK) if LATIN.search(russian) else russian
    if not cyrillic and not word.isalpha() and len(LATIN.findall(word)) > 1:
        return word.translate(LEET)
    return word
