"""`button check` on our own rows: rows a second of processor time, and memory as the file grows.

Run by `make bench-check`. The processor time counts, not the wall clock, so that other work on the
machine disturbs it less; the best of five passes is shown beside the median.
"""

import resource
import statistics
import subprocess
import sys
import tempfile
import time
from itertools import cycle, islice
from pathlib import Path

from button.formats.files import conversation_texts
from button.formats.linting import Linter
from button.formats.tally import Tally

PASSES = 5
ROWS = 500
SIZES = (500, 5_000)


def judged(path: Path) -> Tally:
    tally, linter = Tally(worst=3), Linter()
    tally.begin(path.name)
    for text in conversation_texts(path):
        tally.add(linter(text))
    return tally


def speed(lines: list[str], path: Path) -> None:
    path.write_text("\n".join(islice(cycle(lines), ROWS)), encoding="utf-8")
    rates = []
    tally = judged(path)
    for _ in range(PASSES):
        begun = time.process_time()
        judged(path)
        rates.append(ROWS / (time.process_time() - begun))
    messages = tally.messages / tally.rows
    print(f"{ROWS} own rows of {messages:.1f} messages: {max(rates):.0f} rows/s at best, "
          f"{statistics.median(rates):.0f} in the median, one process")  # fmt: skip


def memory(lines: list[str], path: Path) -> None:
    for size in SIZES:
        with path.open("w", encoding="utf-8") as file:
            file.write("[")
            for number, line in enumerate(islice(cycle(lines), size)):
                file.write(("," if number else "") + line)
            file.write("]")
        megabytes = path.stat().st_size / 1e6
        command = [sys.executable, "-m", "benchmarks.linter", "--peak", str(path)]
        peak = subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()
        print(f"one JSON list of {size:,} rows, {megabytes:.0f} MB: {peak} MB of memory at most")


def main() -> None:
    if sys.argv[1] == "--peak":
        judged(Path(sys.argv[2]))
        print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)
        return
    shards = sorted(Path(sys.argv[1]).glob("shards/accepted-*.jsonl"))
    lines = [line for shard in shards for line in shard.read_text(encoding="utf-8").splitlines()]
    with tempfile.TemporaryDirectory() as folder:
        speed(lines, Path(folder) / "rows.jsonl")
        memory(lines, Path(folder) / "rows.json")


if __name__ == "__main__":
    main()
