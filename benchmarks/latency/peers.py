"""Side by side with DataFlow's FuncCall pipeline: `make bench-peers`.

Same machine, run, stand-in endpoint, latencies and limit, and the same number of finished
conversations; the contestants alternate three times, medians count. Both make two-step tasks from
seeds, filter them, design functions and talk; ours checks, journals and writes each conversation as
well.
"""

import json
import sys
from pathlib import Path
from statistics import median

from benchmarks.latency.contest import Result, middle, other, ours
from benchmarks.latency.draw import Latency
from benchmarks.latency.environments import DATAFLOW, NotInstalledError, python_of

LATENCIES = ("lognormal:0.5:1.0", "lognormal:0.5:0.8", "fixed:0.5")
LIMIT, COUNT, ROUNDS = 64, 512, 3


def main() -> None:
    try:
        python = python_of(DATAFLOW)
    except NotInstalledError as error:
        print(f"{DATAFLOW.name}: skipped, it cannot be installed here: {error}")
        return
    rows = []
    print(f"{COUNT} conversations, limit {LIMIT}, medians of {ROUNDS} (walls in seconds)")
    print("latency                    DataFlow   ours   ratio   calls each       CPU ms/call each")
    for latency in LATENCIES:
        theirs, mine = [], []
        for seed in range(1, ROUNDS + 1):
            theirs.append(other(python, DATAFLOW.program, latency, COUNT, LIMIT, seed))
            mine.append(ours("run", latency, COUNT // 2, LIMIT, seed))
        print(line(latency, theirs, mine), flush=True)
        rows.append(
            {
                "latency": latency,
                "dataflow": [result._asdict() for result in theirs],
                "ours": [result._asdict() for result in mine],
            }
        )
    if len(sys.argv) > 1:
        Path(sys.argv[1]).write_text(json.dumps(rows, indent=2) + "\n", encoding="utf-8")


def line(latency: str, theirs: list[Result], mine: list[Result]) -> str:
    """A row of the table; the ratio is the median of the rounds' ratios."""
    one, two = middle(theirs), middle(mine)
    ratio = median(a.wall_s / b.wall_s for a, b in zip(theirs, mine, strict=True))
    return (
        f"{Latency.parse(latency)!s:25} {one.wall_s:9.1f} {two.wall_s:6.1f} {ratio:7.2f}   "
        f"{one.calls / one.conversations:.1f} / {two.calls / two.conversations:.1f}      "
        f"{one.cpu_ms_a_call:.2f} / {two.cpu_ms_a_call:.2f}"
    )


if __name__ == "__main__":
    main()
