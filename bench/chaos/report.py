"""The tables of a run, for people (Markdown) and for programs (JSON)."""

import json
import os
from collections import defaultdict
from dataclasses import asdict
from pathlib import Path

from bench.chaos.run import Result

GOAL = 10.0  # seconds


def write(result: Result) -> str:
    """The Markdown, also written to the files that the options name."""
    text = _markdown(result)
    if result.options.results:
        path = Path(result.options.results)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.with_suffix(".md").write_text(text)
        path.with_suffix(".json").write_text(json.dumps(_json(result), ensure_ascii=False, indent=1) + "\n")
    return text


def lost(result: Result) -> int:
    """How much has gone wrong: 0 is the goal."""
    return sum(len(found) for found in result.problems.values())


def late(result: Result) -> list[str]:
    """The faults after which a new message waited longer than the goal."""
    return [
        f"{r.fault}: {_seconds(r.answered_after)}"
        for r in result.ledger.recoveries
        if r.answered_after is None or r.answered_after > GOAL
    ]


def _markdown(result: Result) -> str:
    options, counts = result.options, result.counts
    lines = [
        "# Chaos",
        "",
        f"`make chaos` at {result.commit or 'an unknown commit'}, seed {options.seed}: {options.visitors} visitors "
        f"(half at the widget, half in Telegram), {options.operators} operators, {result.seconds / 60:.1f} minutes, "
        f"{counts['messages']} messages stored, {len(result.ledger.recoveries)} faults; {os.cpu_count()} cores, load "
        f"{' '.join(f'{load:.0f}' for load in os.getloadavg())} at the end (1, 5 and 15 minutes).",
        "",
        *_shortfalls(result),
        f"**{lost(result)} problems**: "
        + ", ".join(f"{name}: {len(found)}" for name, found in result.problems.items())
        + ".",
        "",
        "## Faults",
        "",
        "`answered`: from the moment the part was back until a new message was answered at that door (without any "
        f"fault: {_seconds(result.baseline)}). `settled`: until all that had been accepted before that moment was "
        f"answered and delivered. Each: median / worst. Goal: answered within {GOAL:.0f} s.",
        "",
        "| fault | times | lasted, s | answered at the widget, s | in Telegram, s | settled, s | |",
        "|---|---|---|---|---|---|---|",
        *_fault_rows(result),
        "",
        "A clock is moved by libfaketime, which costs a worker about half of its speed.",
        "",
        "## Messages",
        "",
        "| what | how many |",
        "|---|---|",
        *[f"| {name} | {number} |" for name, number in counts.items()],
        *[f"| {name} | {number} |" for name, number in sorted(result.ledger.events.items())],
        "",
    ]
    for name, found in result.problems.items():
        if found:
            lines += [f"## Problem: {name}", "", *[f"- {line}" for line in found[:50]], ""]
    lines += ["## Duplicates in Telegram", ""]
    lines += [
        "Telegram had accepted a message and the answer was lost (or the worker died before it could note it): it was "
        "sent again, because the Bot API has no key to recognise a repeat by. "
        f"Such copies: {len(result.duplicates)}.",
        "",
        *[f"- {line}" for line in result.duplicates[:100]],
        "",
    ]
    return "\n".join(lines)


def _shortfalls(result: Result) -> list[str]:
    """What was asked for and is not in the tables."""
    asked, not_done = result.options.messages, result.ledger.not_done
    said = []
    if result.interrupted:
        said.append("The run was **interrupted**: this is what it had shown until then.")
    if result.counts["messages"] < asked:
        said.append(f"{asked} messages were asked for.")
    if not_done:
        said.append(f"Not done: {', '.join(not_done)}.")
    return [" ".join(said), ""] if said else []


def _fault_rows(result: Result) -> list[str]:
    grouped = defaultdict(list)
    for recovery in result.ledger.recoveries:
        grouped[recovery.fault].append(recovery)
    rows = []
    for name, found in sorted(grouped.items()):
        lasted = max(recovery.lasted for recovery in found)
        web = _pair([recovery.web_after for recovery in found])
        telegram = _pair([recovery.telegram_after for recovery in found])
        settled = _pair([recovery.settled_after for recovery in found])
        notes = "; ".join(sorted({recovery.note for recovery in found if recovery.note}))
        rows.append(f"| {name} | {len(found)} | {lasted:.1f} | {web} | {telegram} | {settled} | {notes} |")
    return rows


def _pair(values: list[float | None]) -> str:
    if None in values:
        return "never"
    ordered = sorted(values)
    return f"{ordered[len(ordered) // 2]:.1f} / {ordered[-1]:.1f}"


def _json(result: Result) -> dict:
    return {
        "commit": result.commit,
        "options": asdict(result.options),
        "interrupted": result.interrupted,
        "not_done": result.ledger.not_done,
        "seconds": round(result.seconds, 1),
        "baseline_seconds": result.baseline,
        "counts": result.counts,
        "events": dict(result.ledger.events),
        "problems": result.problems,
        "duplicates": result.duplicates,
        "faults": [asdict(recovery) for recovery in result.ledger.recoveries],
    }


def _seconds(value: float | None) -> str:
    return "never" if value is None else f"{value:.1f} s"
