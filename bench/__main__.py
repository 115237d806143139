"""`make bench`: the figures of the desk, each beside its floor, measured in the same run on this machine.

python -m bench                        # everything, under ten minutes on two cores
python -m bench --only http,worker     # some of it; the results file is not written
python -m bench --only large --messages 2000000
"""

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

from bench import picture, readme, table
from bench.desk import Desk
from bench.rows import TOPICS, measure

RESULTS = Path(__file__).parent / "results"


def main() -> None:
    """Measures, prints, writes."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--only", default=",".join(TOPICS), help=f"some of {','.join(TOPICS)}")
    parser.add_argument("--messages", type=int, help="how many messages the row `large` loads")
    parser.add_argument(
        "--results", help="where to write, without suffix; by default only a whole run is kept"
    )
    options = parser.parse_args()
    topics = options.only.split(",")
    if unknown := set(topics) - set(TOPICS):
        parser.error(f"no such row: {', '.join(sorted(unknown))}")
    if options.messages:
        os.environ["BENCH_MESSAGES"] = str(options.messages)
    rows, started = [], time.monotonic()
    with tempfile.TemporaryDirectory(prefix="switchboard-bench-", ignore_cleanup_errors=True) as name:
        Path(name).chmod(0o755)
        with Desk(Path(name)) as desk:
            for topic in topics:
                begun = time.monotonic()
                print(f"{topic} ...", file=sys.stderr, end=" ", flush=True)
                rows += measure(topic, desk)
                print(f"{time.monotonic() - begun:.0f} s", file=sys.stderr)
    text = _head(time.monotonic() - started) + table.as_markdown(rows)
    print(text)
    where = options.results or (str(RESULTS / "bench") if topics == TOPICS else "")
    if where:
        _write(Path(where), text, rows)
    if where == str(RESULTS / "bench"):
        picture.main()
        readme.main()


def _head(seconds: float) -> str:
    return (
        f"# Figures\n\n`make bench` at {_commit()}, {datetime.now(UTC):%Y-%m-%d}: {os.cpu_count()} cores, "
        f"Python {platform.python_version()}, load {os.getloadavg()[2]:.1f} (15 minutes), {seconds / 60:.1f} minutes. "
        "An absolute time means little on a shared machine: read the ratios.\n\n"
    )


def _write(where: Path, text: str, rows: list[table.Row]) -> None:
    where.parent.mkdir(parents=True, exist_ok=True)
    where.with_suffix(".md").write_text(text)
    result = {"commit": _commit(), "cores": os.cpu_count(), "rows": [row.as_json() for row in rows]}
    where.with_suffix(".json").write_text(json.dumps(result, ensure_ascii=False, indent=1) + "\n")


def _commit() -> str:
    found = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True, check=False
    )
    return os.environ.get("BENCH_COMMIT") or found.stdout.strip() or "an unknown commit"


if __name__ == "__main__":
    main()
