"""Does the bot's draft admit that it cannot help?"""

import re

from llm.handoff.verdict import Detection, Verdict

_ADMITS = re.compile(
    r"не (?:знаю|умею|смог(?:у|ла?)|могу|понял[аи]?|располагаю|обладаю|распознаю|вижу|нашел|нашла|удалось)"
    r"|нет (?:ответа|сведений|информации|доступа|данных|прав)|перевожу|переключаю|передаю|соединю|переведу|свяжитесь с|обратитесь"
    r"|уточните[^.]{0,20} у |понятия не имею|база знаний|базе знаний|оператор[уа]"
    r"|\b(?:i'm|i am) (?:unable|not able|just a bot|afraid)|\bi (?:can't|cannot|don't know|don't have|do not have|couldn't)"
    r"|human agent|connect(?:ing)? you|transfer(?:ring)? you|knowledge base|no (?:data|information|access)"
)


def detect_cannot(text: str, language: str | None = None) -> Detection:
    """Judge a draft: HAND_OVER when it admits defeat, else ANSWER."""
    found = _ADMITS.search(text.lower().replace("ё", "е").replace("’", "'"))
    if found:
        return Detection(Verdict.HAND_OVER, 1.0, True, found[0])
    return Detection(Verdict.ANSWER, 0.0, False, "no admission")
