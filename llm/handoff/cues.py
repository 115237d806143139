"""How a draft admits defeat: regular expressions over a sentence's normalised words."""

import re

_ABLE = r"(?:can't|can not|cannot|cant|couldn't|could not|won't be able to|unable to|not able to|not permitted to|not allowed to|not authorized to)"
_STAFF_EN = r"(?:a |an |the |our |your |with |to )*(?:human|agent|representative|support|customer service|specialist|colleague|advisor|supervisor|manager|team|person|store|helpdesk|hotel|front desk)"
_STAFF_RU = r"(?:оператор|менеджер|специалист|сотрудник|поддержк|техподдержк|администратор|колл центр|консультант|коллег|магазин|контактн|служб|горяч|врач|продавц)\w*"
_WORDS = r"(?:\w+ ){0,3}"

CUES = {
    name: re.compile(pattern)
    for name, pattern in {
        "bot-ru": r"\bя (?:\w+ ){0,2}(?:бот|робот|программа|нейросеть|ии|искусственный|виртуальный|языковая|автоматический|цифровой|чат)\b.* не ",
        "no-knowledge-ru": r"\bне (?:знаю|в курсе|располагаю|обладаю|имею|владею|уверена?|подскажу|скажу|берусь)\b|понятия не имею|затрудняюсь|не ?известно",
        "no-data-ru": rf"\b(?:нет|недостаточно|отсутству\w+|не хватает|не наш\w+|не удалось найти|не содерж\w+|не найден\w*) {_WORDS}(?:ответ|сведени|информаци|данн|упоминани|знани|подходящ|ничего)\w*|ничего не (?:наш|найд)\w+",
        "no-access-ru": rf"\b(?:нет|не имею|отсутствует|ограничен) {_WORDS}(?:доступ|прав|полномочи|возможност)\w*|\bмне \w* ?(?:недоступн|не видн)\w*",
        "unable-ru": r"\b(?:не (?:могу|смогу|умею|удастся|получится|вправе|способн\w+|в силах|буду)|бессил\w+)\b",
        "out-of-scope-ru": r"(?:за рамк|за предел|вне мо|не входит в мо|не в мое|не по моей)\w*",
        "transfer-ru": rf"\b(?:перевожу|переключаю|соединяю|передаю|подключаю|зову|приглашаю|переведу|переключу|соединю|передам|подключу|позову|направлю|направляю|передал\w*|эскалир\w+|перенаправ\w+) {_WORDS}(?:вас|звонок|{_STAFF_RU}|вопрос|обращение|диалог|запрос)",
        "refer-ru": rf"\b(?:обрати\w+|свяжитесь|связаться|напишите|позвоните|уточни\w+|узна\w+|спроси\w*|проконсультир\w+|дождитесь|обращаться) {_WORDS}(?:в |к |с |со |у |на )?{_WORDS}{_STAFF_RU}",
        "will-call-ru": rf"\b(?:свяжется|свяжутся|перезвон\w+|ответит|ответят) {_WORDS}{_STAFF_RU}|{_STAFF_RU} (?:\w+ )?(?:свяжется|перезвонит|ответит|подключится)",
        "not-understood-ru": r"\bне (?:\w+ )?(?:понял\w*|понимаю|распозна\w+|расслыша\w+)\b|переформулир|другими словами|сформулир\w+ иначе|только учусь",
        "failure-ru": r"ошибк\w+|пошло не так|недоступен|время ожидания|не отвечает|не удалось (?:получить|обработать)|сбой|неполадки",
        "offer-ru": rf"\b(?:переключить|позвать|соединить|перевести|пригласить) (?:вас |вам )?(?:на |с |со )?{_WORDS}{_STAFF_RU}",
        "bot-en": r"\b(?:i'm|i am|as|being) (?:just |only |merely )*(?:an? )?(?:bot|ai|virtual|chatbot|language model|automated|digital|program|software)\b",
        "no-knowledge-en": r"\b(?:i|we) (?:really |honestly )?(?:don't|do not|dont) (?:\w+ ){0,2}(?:know|understand)|not (?:sure|certain|aware)|no idea|beats me|couldn't tell you|drawing a blank",
        "no-data-en": r"\b(?:don't|do not|doesn't|does not|no|nothing|lack|couldn't find|unable to find) (?:\w+ ){0,3}(?:information|info|data|details|knowledge|record|answer|documentation|results|cover|contain|mention|knowledge base)",
        "no-access-en": r"\b(?:no|don't have|do not have|without|lack|not been given|haven't got|which i don't have) (?:\w+ ){0,2}(?:access|permission|authority|rights|visibility|ability|tools|clearance|way to)",
        "unable-en": rf"\bi(?:'m| am)? (?:\w+ )?{_ABLE}",
        "out-of-scope-en": r"\b(?:outside|beyond|above|out of) (?:\w+ ){0,2}(?:scope|knowledge|capabilit\w+|me|expertise|depth|can|abilit\w+|options|limits)",
        "transfer-en": r"\b(?:connect|connecting|transfer|transferring|hand|handing|pass|passing|escalat\w+|forward\w*|rout\w+|loop\w*|put|get) (?:you|this|your \w+)\b(?: \w+)* (?:to|with|over|through|in)\b",
        "refer-en": rf"\b(?:contact|contacting|reach out to|reaching out to|speak\w* (?:to|with)|get in touch with|ask\w*|check with|consult|call) {_STAFF_EN}",
        "will-call-en": rf"{_STAFF_EN}\w* (?:will|can|would|should|needs to|has to) (?:be with you|contact|get back|take|help|look|review|call|reply|know|handle)",
        "not-understood-en": r"didn't (?:quite )?(?:understand|get|catch)|rephras|reword|another way|differently|not recognized|couldn't be recognized|trouble following|don't follow|still learning",
        "failure-en": r"went wrong|error|unavailable|timed out|technical (?:difficulties|problem|issues)|failed to|timeout",
    }.items()
}
