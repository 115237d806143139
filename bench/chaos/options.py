"""How large a run is."""

import argparse
from dataclasses import dataclass, fields


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """One run. It ends when every fault has been done `rounds` times and so many messages have been accepted."""

    seed: int = 1
    visitors: int = 200  # half at the widget, half in Telegram
    operators: int = 5
    messages: int = 20_000  # stored by the desk, whoever wrote them
    rounds: int = 3  # of every fault
    most_minutes: float = 28.0  # then no more faults and messages, whatever is left to do
    #: Seconds between two messages of a visitor, on average. With 200 visitors that are about 1,000 messages a minute,
    #: half of what two cores can take: a desk at its limit would catch up with nothing.
    pause: float = 20.0
    away: float = 30.0  # seconds without the Bot API
    outage: float = 4.0  # seconds of the other faults that last
    quiet: float = 90.0  # seconds that the desk has to come to rest at the end
    faults: str = ""  # names, with commas; empty: all of them
    results: str = "bench/results/chaos"


def parse_options(arguments: list[str] | None = None) -> Options:
    """Reads the command line: every field is an option."""
    parser = argparse.ArgumentParser(prog="python -m bench.chaos", description=__doc__)
    defaults = Options()
    for field in fields(Options):
        default = getattr(defaults, field.name)
        parser.add_argument(f"--{field.name.replace('_', '-')}", type=type(default), default=default)
    return Options(**vars(parser.parse_args(arguments)))
