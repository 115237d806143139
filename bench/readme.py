"""Writes bench/results/bench.json into the READMEs: `python -m bench.readme` fills what stands between the marks."""

import json
import re
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
RESULT = ROOT / "bench" / "results" / "bench.json"
READMES = {"en": ROOT / "README.md", "ru": ROOT / "README.ru.md"}
MARKED = re.compile(
    r"(?<=<!-- figures, by python -m bench.readme -->\n).*?(?=<!-- end of figures -->)", re.DOTALL
)
HEADS = {"en": "| what | figure | beside it | goal |", "ru": "| что | у нас | рядом | цель |"}


@dataclass(frozen=True, slots=True)
class Words:
    """What a row is called, and its goal; `starts` is how its name in bench.json begins."""

    starts: str
    en: str
    ru: str
    goal_en: str
    goal_ru: str


ROWS = [
    Words("Accept a widget", "accept a message: durable, enqueued", "принять сообщение: записано и в очереди",
          "half of the floor", "половина соседнего"),
    Words("Idle poll", "idle poll, one process", "пустой опрос, один процесс",
          "half of the floor", "половина соседнего"),
    Words("First words", "first words of an answer, the LLM's time taken off",
          "первые слова ответа без времени модели", "25 ms, p99 100 ms", "25 мс, p99 100 мс"),
    Words("Reply complete", "reply complete to visible", "готовый ответ виден посетителю",
          "15 ms, p99 60 ms", "15 мс, p99 60 мс"),
    Words("Operator's Telegram", "operator's Telegram update to the visitor's screen",
          "от оператора в Telegram до экрана посетителя", "30 ms, p99 120 ms", "30 мс, p99 120 мс"),
    Words("Visitor's POST", "visitor's message to the operator's Telegram", "от посетителя до Telegram оператора",
          "30 ms, p99 120 ms", "30 мс, p99 120 мс"),
    Words("CPU of the worker", "CPU for an answer of 40 chunks", "процессор на ответ из 40 кусочков",
          "twice the floor", "два соседних"),
    Words("Conversations being", "answers being written at once by one process", "ответов пишет разом один процесс",
          "1,000 under 350 MB", "1000 и меньше 350 МБ"),
    Words("Two worker", "two workers against one", "два процесса вместо одного", "1.8 times", "в 1,8 раза больше"),
    Words("10,000 open", "10,000 open streams of one process, each", "10 000 открытых потоков одного процесса, каждый",
          "under 60 KB", "меньше 60 КБ"),
    Words("Fan-out", "an event to them, p99", "событие до них, p99", "under 100 ms", "меньше 100 мс"),
    Words("Poll, post", "the slowest of poll, post, claim and sweep with 2 million messages",
          "самое медленное из опроса, приёма, взятия и обхода при 2 миллионах сообщений",
          "1.3 times those with 2,000", "1,3 того, что при 2000"),
    Words("Start of the widget", "the widget, all of it, gzipped", "весь виджет, сжатый",
          "under 16 KB", "меньше 16 КБ"),
    Words("Main-thread", "the widget's main-thread time before it is opened",
          "время главного потока, пока виджет закрыт", "under 50 ms", "меньше 50 мс"),
]  # fmt: skip
FLOORS = {
    "one INSERT and commit": "один INSERT",
    "bare Django view": "голый Django",
    "openai SDK, the same LLM": "openai SDK",
    "bare sendMessage": "голый sendMessage",
    "bare openai SDK stream": "openai SDK",
    "one": "один",
    "bare asyncio SSE server": "голый сервер SSE",
    "2,000 messages": "при 2000 сообщений",
}
UNITS = {"/s": " в секунду", "answers/s": " ответа в секунду", "ms": " мс", "KB": " КБ", "MB": " МБ", "": ""}


def main() -> None:
    """Fills both."""
    rows = json.loads(RESULT.read_text())["rows"]
    for language, path in READMES.items():
        text, count = MARKED.subn(lambda _, of=language: table_of(rows, of), path.read_text())
        assert count == 1, f"{path.name} has no marks"
        path.write_text(text)


def table_of(rows: list[dict], language: str) -> str:
    """The table in Markdown."""
    lines = [HEADS[language], "|---|---|---|---|"]
    for row in rows:
        words = next(words for words in ROWS if row["what"].startswith(words.starts))
        name, goal = (words.ru, words.goal_ru) if language == "ru" else (words.en, words.goal_en)
        lines.append(
            f"| {name} | {_figure(row, language)} | {_floor(row, language)} | {_verdict(row, goal, language)} |"
        )
    return "\n".join(lines) + "\n"


def _figure(row: dict, language: str) -> str:
    shown = _amount(row["figure"], row["unit"], language)
    if "p99" in row["more"]:
        shown += f", p99 {_amount(row['more']['p99'], 'ms', language)}"
    if "memory_mb" in row["more"]:
        shown += f", {_amount(row['more']['memory_mb'], 'MB', language)}"
    return shown


def _floor(row: dict, language: str) -> str:
    if row["floor"] is None:
        return ""
    name = FLOORS[row["floor_is"]] if language == "ru" else row["floor_is"]
    return f"{name}: {_amount(row['floor'], row['unit'], language)}"


def _verdict(row: dict, goal: str, language: str) -> str:
    if row["met"]:
        return f"выполнено: {goal}" if language == "ru" else f"met: {goal}"
    return f"**не выполнено**: {goal}" if language == "ru" else f"**missed**: {goal}"


def _amount(value: float, unit: str, language: str) -> str:
    number = f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"
    if language == "ru":
        return number.replace(",", " ").replace(".", ",") + UNITS[unit]
    return f"{number} {unit}".strip().replace(" /s", " a second")


if __name__ == "__main__":
    main()
