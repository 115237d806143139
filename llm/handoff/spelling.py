"""Finds a key word behind a typing error or inside a glued word.

An index of deletions (every key form with up to two letters left out) makes "within distance one or two"
a handful of dictionary look-ups.
"""

from functools import lru_cache

from llm.handoff.lexicon import EXACT, KEY_CLASSES, STEMS, look_up

_ENDINGS = {
    "ru": ("", "а", "у", "ом", "е", "ы", "и", "ов", "ам", "ами", "ой", "ою", "ть", "те", "ите", "ться", "ей", "ю", "ию", "ии", "ого", "ому", "ым", "ать", "айте", "ай"),
    "en": ("", "s", "ing", "ed"),
}  # fmt: skip
_SHORTEST_FUZZY = 5
_SHORTEST_FUZZY_TWICE = 8
# Words one letter away from a key word that mean something else.
_NOT_A_TYPO = frozenset(
    """операция операции операцию операций операцией операционной менеджмент дела деле доля поля толпа полис полисом дать пять
    деньги день дней дом долг голос люблю любой любому любая любая любые блюда люк связка связки свяжу хочет тоже хоть
    agenda agency age agree sale sales stuff scent parson prison season reason percent percentage apartment commend
    command compact contract contrast content contest consent contain context contacts product perfect report repair
    repeat rent rental renting tall walk balk task tank take shark chart chap cheat char charge charger operation
    operating operate hustle comment convert correct collect speed spend split spin spare speaker speakers seen weak peak
    street steak meant merchant urgent event student parent moment recent silent giant rant grant transform transfers
    translate transit summer manage managed management manages finger singer shelf sheep sleep men pen peer deep hero
    home house rest rust tact want watt rant support export import sport spot passport airport apart depart heart
    reports resort retort lady lazy many money honey honest one ones none people temple simple sample maple couple purple apple
    would could wood food good boot boat both but bit bat but about abort dot hot lot not robe rabbit cloud
    разговор договор договора договору договоре договором карта кофе чай чек человечность счет час част часть часто части честь лимит линии линию
    лето линз лента соединение соединения отдал отдали отдать отделка отделение отделения отделении отделений отделением командир
    команде сила чело чела мало тело дело живот живота места место месте жилой жилого
    надо году года годы гора мебель гость город рабочий бочка бит бык борт бор ботинки ботинок банка банке
    панель помять ромать памяти память молоть вода воду вота тип тп туту рот робота роботы работа работе работу работы работает работают
    ведь сервис сервиса сервису сервер серверу крупный правильно звено перевод перевода переводы переводов переводе перевели передача передачи пользователь
    договорились сообщение сообщения сообщать общий общего общая общее общие общежитие подключение подключения подключен подключена подключено подключены
    включен включить включите включается выключить выключите переключатель переключается отключить отключите отключи отключен соединить
    программу администрация вещание здание задание знание желание питание дерево поговорка полет полета обед обеда объект абонент абонента абонентов агенство агентство
    специально специальный специальная специальное спецификация ответ ответа ответы ответов отчет отчеты менее смена замена измена
    personal persona personally personalized personality humor humid mean mane man main mail liver love lives like line link lime list life lift lite
    agents reach beach teach peach each much such tech preach bread real realm deal meal heal ideal seal
    transaction transactions transport transferable forward reward toward afford forwarding reword
    hand hands band land sand wand end bend lend tend friend trend connection connections collecting correction
    spoken broken token bottle bottom battle butter boss loss toss cost post rope people's tape type tip top tap
    отвод отводы отдых отпуск отпуска помощник-программа услуга услуги услугу услуг услугой
    """.split()
)


def _forms() -> dict[str, str]:
    forms = {word: word for word, name in EXACT.items() if name in KEY_CLASSES}
    for stem, name in STEMS.items():
        if name in KEY_CLASSES:
            for ending in _ENDINGS["ru" if stem[0] >= "а" else "en"]:
                forms.setdefault(stem + ending, stem)
    return {form: form for form in forms if len(form) >= _SHORTEST_FUZZY}


def _deletions(word: str, twice: bool) -> set[str]:
    once = {word[:n] + word[n + 1 :] for n in range(len(word))}
    if not twice:
        return once
    return once | {short[:n] + short[n + 1 :] for short in once for n in range(len(short))}


def _index() -> dict[str, str]:
    index: dict[str, str] = {}
    forms = sorted(_forms())
    for form in forms:
        index[form] = form
    for form in forms:
        for short in _deletions(form, twice=False):
            index.setdefault(short, form)
    return index


_INDEX = _index()


@lru_cache(maxsize=20_000)
def correct(word: str) -> str | None:
    """The key word that `word` is a typing error of, or None."""
    if len(word) < _SHORTEST_FUZZY or word in _NOT_A_TYPO:
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
        if found is not None and found[0] == word[0] and abs(len(found) - len(word)) <= 1:
            return found
    if len(word) >= _SHORTEST_FUZZY_TWICE:
        for short in sorted(_deletions(word, twice=True)):
            found = _INDEX.get(short)
            if found is not None and found[:2] == word[:2] and len(found) >= _SHORTEST_FUZZY_TWICE:
                return found
    return None


_SHORT_PARTS = frozenset(
    """мне не я вас нужен нужна хочу дай дайте меня с на к у вы и мы есть ли со живой живого живым живому можно то кто пожалуйста
    a an i to with me my the you your u is do it now please can want need live real in for of could would talk speak contact some""".split()
)


@lru_cache(maxsize=5_000)
def unglue(word: str) -> tuple[str, ...] | None:
    """`соединитесоператором` -> three words; None unless all of it is known words, one of them a key word."""
    if not 7 <= len(word) <= 60:
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
    if parts is None or len(parts) < 2 or not any(len(part) >= 4 and look_up(part) in KEY_CLASSES for part in parts):
        return None
    return parts


def _is_part(part: str) -> bool:
    if len(part) < 4:
        return part in _SHORT_PARTS
    return look_up(part) in KEY_CLASSES or part in _SHORT_PARTS or part in _INDEX and _INDEX[part] == part
